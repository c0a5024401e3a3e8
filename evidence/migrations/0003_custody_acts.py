"""Custody can pass from one side to another, be sealed, and end: acts and states for it.

What is disposed of stays so; a withdrawn item can still be disposed of and nothing else.
"""

from django.conf import settings
from django.db import migrations, models

from core import rls

ENDS = """
DROP TRIGGER withdrawn_stays ON evidence_evidenceitem;
CREATE TRIGGER withdrawn_stays BEFORE UPDATE OF status ON evidence_evidenceitem FOR EACH ROW
  WHEN ((OLD.status = 'withdrawn' AND NEW.status NOT IN ('withdrawn', 'disposed')) OR (OLD.status = 'disposed' AND NEW.status <> 'disposed'))
  EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('evidence', '0002_walls'),
        ('incidents', '0003_activity_by_verb'),
        ('organisations', '0002_walls'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='custodyentry',
            name='custody_act',
        ),
        migrations.RemoveConstraint(
            model_name='custodyentry',
            name='custody_opened_has_purpose',
        ),
        migrations.RemoveConstraint(
            model_name='evidenceitem',
            name='evidence_status',
        ),
        migrations.RemoveConstraint(
            model_name='storedfile',
            name='file_integrity',
        ),
        migrations.AlterField(
            model_name='custodyentry',
            name='act',
            field=models.CharField(choices=[('received', 'Received'), ('stored', 'Stored'), ('opened', 'Opened'), ('copied', 'Copied'), ('released', 'Released to another side'), ('accepted', 'Accepted from another side'), ('refused', 'Receipt refused'), ('returned', 'Came back without a receipt'), ('exported', 'Exported'), ('verified', 'Checked against its hash'), ('frozen', 'Frozen'), ('restored', 'Taken back into use'), ('withdrawn', 'Withdrawn'), ('sealed', 'Sealed'), ('unsealed', 'Unsealed'), ('disposed', 'Disposed of')], max_length=10, verbose_name='what'),
        ),
        migrations.AlterField(
            model_name='evidenceitem',
            name='status',
            field=models.CharField(choices=[('held', 'Held'), ('frozen', 'Frozen'), ('withdrawn', 'Withdrawn'), ('disposed', 'Disposed of')], default='held', editable=False, max_length=9, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='storedfile',
            name='integrity',
            field=models.CharField(choices=[('unchecked', 'Not checked since receipt'), ('matches', 'Matches'), ('mismatch', 'Does not match'), ('unavailable', 'Original unavailable'), ('removed', 'Disposed of')], default='unchecked', editable=False, max_length=11),
        ),
        migrations.AddConstraint(
            model_name='custodyentry',
            constraint=models.CheckConstraint(condition=models.Q(('act__in', ['received', 'stored', 'opened', 'copied', 'released', 'accepted', 'refused', 'returned', 'exported', 'verified', 'frozen', 'restored', 'withdrawn', 'sealed', 'unsealed', 'disposed'])), name='custody_act'),
        ),
        migrations.AddConstraint(
            model_name='custodyentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('act__in', ['opened', 'exported', 'released', 'refused', 'returned', 'unsealed', 'disposed']), _negated=True), models.Q(('note', ''), _negated=True), _connector='OR'), name='custody_opened_has_purpose'),
        ),
        migrations.AddConstraint(
            model_name='evidenceitem',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['held', 'frozen', 'withdrawn', 'disposed'])), name='evidence_status'),
        ),
        migrations.AddConstraint(
            model_name='storedfile',
            constraint=models.CheckConstraint(condition=models.Q(('integrity__in', ['unchecked', 'matches', 'mismatch', 'unavailable', 'removed'])), name='file_integrity'),
        ),
        rls.sql(ENDS),
    ]
