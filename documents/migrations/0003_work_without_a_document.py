"""A job may end without a document: what it made stands in a row of the room that asked for it."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("documents", "0002_walls")]
    operations = [
        migrations.RemoveConstraint("job", "job_done_has_result"),
        migrations.AddConstraint(
            "job",
            models.CheckConstraint(
                name="job_result_when_done",
                condition=Q(state="done", progress=100) | (~Q(state="done") & Q(result__isnull=True)),
            ),
        ),
    ]
