"""A look through a preview says as whom: written by one function, that asks the preview itself (incidents 0014)."""

from django.db import migrations, models

from core import rls

AS = """
ALTER TABLE ledger_look ADD COLUMN as_organisation_id int, ADD COLUMN as_person_id int, ADD COLUMN as_roles varchar(200) NOT NULL DEFAULT '',
  ADD CONSTRAINT look_as_somebody_of CHECK (as_organisation_id IS NOT NULL OR (as_person_id IS NULL AND as_roles = ''));
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_looks")]
    operations = [
        rls.sql(AS),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddField("look", "as_organisation_id", models.IntegerField(null=True)),
                migrations.AddField("look", "as_person_id", models.IntegerField(null=True)),
                migrations.AddField("look", "as_roles", models.CharField(blank=True, default="", max_length=200)),
            ]
        ),
    ]
