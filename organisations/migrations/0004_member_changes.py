"""Members can be suspended; what is done to a membership is kept with its reason."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from core import rls

ROLES = models.CharField(
    choices=[
        ('analyst', 'Analyst'), ('forensic_assessor', 'Digital forensics assessor'), ('legal_assessor', 'Law assessor'),
        ('human_rights_assessor', 'Human rights assessor'), ('coordinator', 'Response coordinator'), ('mediator', 'Mediator'),
        ('org_admin', 'Organisation administrator'), ('researcher', 'Researcher'), ('custodian', 'Evidence custodian'),
        ('publisher', 'Publisher of figures'),
    ],
    max_length=24,
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("organisations", "0002_walls")]
    operations = [
        migrations.AddField('membership', 'suspended_at', models.DateTimeField(blank=True, null=True, verbose_name='suspended')),
        migrations.CreateModel(
            name='MembershipChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(choices=[('invited', 'became a member'), ('roles', 'was given other roles'), ('suspended', 'was suspended'), ('restored', 'was let in again'), ('ended', 'left')], max_length=12)),
                ('before', django.contrib.postgres.fields.ArrayField(base_field=ROLES, default=list, size=None)),
                ('after', django.contrib.postgres.fields.ArrayField(base_field=ROLES, default=list, size=None)),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('membership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='organisations.membership')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('act__in', ['invited', 'roles', 'suspended', 'restored', 'ended'])), name='membership_change_act'),
                    models.CheckConstraint(condition=models.Q(models.Q(('act__in', ['suspended', 'restored']), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='membership_change_says_why'),
                ],
            },
        ),
        rls.secure(
            "organisations_membershipchange",
            read=f"organisation_id = ANY ({rls.ORGS})",
            add=f"organisation_id = ANY ({rls.ORGS}) AND by_id = {rls.ME}",
        ),
        rls.append_only("organisations_membershipchange"),
    ]  # fmt: skip
