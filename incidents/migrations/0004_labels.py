"""Labels: an organisation's own words on cases; the policies know the organisation and nobody else."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from core import rls

OWN = f"organisation_id = ANY ({rls.ORGS})"


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0003_activity_by_verb"),
        ("organisations", "0002_walls"),
    ]
    operations = [
        migrations.CreateModel(
            name='Label',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='label')),
                ('meaning', models.CharField(blank=True, max_length=200, verbose_name='what it means')),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('retired_at', models.DateTimeField(editable=False, null=True)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(django.db.models.functions.text.Lower('name'), models.F('organisation'), condition=models.Q(('retired_at__isnull', True)), name='label_once'),
                    models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='label_has_a_name'),
                ],
            },
        ),
        migrations.CreateModel(
            name='LabelOn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('put_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='labels', to='incidents.incident')),
                ('label', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='on', to='incidents.label')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('put_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'labels on',
                'constraints': [models.UniqueConstraint(fields=('incident', 'label'), name='labelled_once')],
            },
        ),
        rls.secure("incidents_label", read=OWN, add=OWN, edit=OWN),
        rls.secure("incidents_labelon", read=OWN, add=OWN, drop=OWN),
    ]  # fmt: skip
