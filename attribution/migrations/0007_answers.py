"""How a question that was judged turned out: only once its answer is known, and never changed."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from core import rls
from incidents.tenancy import SEES, append_only_child, case_child

ANSWERS = """
ALTER TABLE attribution_resolution ADD CONSTRAINT finding_of_same_case FOREIGN KEY (finding_id, incident_id)
  REFERENCES attribution_finding (id, incident_id);
CREATE FUNCTION attribution_resolution_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  f record;
BEGIN
  SELECT g.*, i.is_exercise INTO f FROM attribution_finding g JOIN incidents_incident i ON i.id = g.incident_id WHERE g.id = NEW.finding_id;
  IF NOT (CASE NEW.how WHEN 'adjudicated' THEN f.decision_reference <> '' WHEN 'disproved' THEN f.standing = 'withdrawn'
                       ELSE f.is_exercise END)
     OR NEW.resolved_by_id = f.proposed_by_id
     OR EXISTS (SELECT FROM attribution_panel WHERE finding_id = NEW.finding_id AND state IN ('inviting', 'sealed')) THEN
    RAISE EXCEPTION 'the answer to this question is not known yet' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
ALTER FUNCTION attribution_resolution_guard() OWNER TO norms_definer;
CREATE TRIGGER resolution_guard BEFORE INSERT ON attribution_resolution FOR EACH ROW EXECUTE FUNCTION attribution_resolution_guard();
"""



class Migration(migrations.Migration):

    dependencies = [
        ('attribution', '0006_clocks'),
        ('incidents', '0003_activity_by_verb'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Resolution',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('was_so', models.BooleanField(verbose_name='it was so')),
                ('how', models.CharField(choices=[('adjudicated', 'A court, tribunal or commission decided'), ('disproved', 'It was disproved and withdrawn'), ('exercise', 'An exercise, whose answer is known')], max_length=12, verbose_name='how it is known')),
                ('reasons', models.TextField(verbose_name='reasons')),
                ('resolved_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('finding', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='resolution', to='attribution.finding')),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='incidents.incident')),
                ('resolved_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('reasons', ''), _negated=True), name='resolution_has_reasons'), models.CheckConstraint(condition=models.Q(models.Q(('how', 'disproved'), _negated=True), ('was_so', False), _connector='OR'), name='resolution_disproved_was_not_so')],
            },
        ),
        case_child("attribution_resolution", grade="evidence", add=f"{SEES} AND resolved_by_id = {rls.ME}", edit=None),
        append_only_child("attribution_resolution"),
        rls.sql(ANSWERS),
    ]
