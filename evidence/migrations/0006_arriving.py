"""Uploads on their way in: one's own, begun only on a case whose evidence one may see, gone on with by whoever began them."""

import django.db.models.deletion
import django.db.models.functions.datetime
import uuid
from django.conf import settings
from django.db import migrations, models


from core import rls
from incidents.tenancy import SEES, case_child

OWN = f"organisation_id = ANY ({rls.ORGS})"
MINE = f"{OWN} AND uploaded_by_id = {rls.ME}"


class Migration(migrations.Migration):

    dependencies = [
        ('evidence', '0005_custody_between_sides'),
        ('incidents', '0003_activity_by_verb'),
        ('organisations', '0002_walls'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PendingUpload',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200, verbose_name='file name')),
                ('name_given', models.CharField(max_length=600)),
                ('modified', models.CharField(blank=True, help_text="As the sender's disk says; tells two files of one name apart.", max_length=40)),
                ('size', models.BigIntegerField(verbose_name='size')),
                ('offset', models.BigIntegerField(default=0)),
                ('parts', models.JSONField(default=list)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('expires_at', models.DateTimeField()),
                ('lease', models.CharField(blank=True, max_length=32)),
                ('lease_until', models.DateTimeField(null=True)),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='incidents.incident')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['created_at', 'id'],
                'indexes': [models.Index(fields=['expires_at'], name='upload_expires')],
                'constraints': [models.CheckConstraint(condition=models.Q(('offset__gte', 0), ('offset__lte', models.F('size')), ('size__gt', 0)), name='upload_offset_within')],
            },
        ),
        case_child("evidence_pendingupload", grade="evidence", read=OWN, add=f"{SEES} AND {MINE}", edit=MINE, drop=OWN),
    ]
