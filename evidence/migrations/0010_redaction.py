"""Redactions: two people, the version they saw, and the original it came from; kept by the database."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from core import rls
from incidents.tenancy import case_child

GUARD = """
ALTER TABLE evidence_redaction
  ADD CONSTRAINT item_of_same_case FOREIGN KEY (item_id, incident_id) REFERENCES evidence_evidenceitem (id, incident_id),
  ADD CONSTRAINT result_of_same_case FOREIGN KEY (result_id, incident_id) REFERENCES evidence_evidenceitem (id, incident_id),
  ADD CONSTRAINT file_of_same_item FOREIGN KEY (file_id, item_id) REFERENCES evidence_storedfile (id, item_id);
CREATE FUNCTION evidence_redaction_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'making' OR NEW.decided_by_id IS NOT NULL THEN
      RAISE EXCEPTION 'a redaction starts as a proposal' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (OLD.item_id, OLD.file_id, OLD.title, OLD.reasons_version, OLD.proposed_by_id, OLD.organisation_id, OLD.proposed_at, OLD.handed_in)
     IS DISTINCT FROM (NEW.item_id, NEW.file_id, NEW.title, NEW.reasons_version, NEW.proposed_by_id, NEW.organisation_id, NEW.proposed_at, NEW.handed_in)
     OR OLD.state IN ('approved', 'declined', 'failed')
     OR (OLD.state = 'making' AND NEW.state NOT IN ('making', 'ready', 'failed'))
     OR (OLD.state = 'ready' AND NEW.state NOT IN ('ready', 'approved', 'declined'))
     OR (OLD.state = 'ready' AND (OLD.draft_sha256, OLD.log::text) IS DISTINCT FROM (NEW.draft_sha256, NEW.log::text)) THEN
    RAISE EXCEPTION 'a redaction keeps what was proposed and is decided once' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'approved' AND (NEW.decided_by_id IS DISTINCT FROM app_user() OR NOT EXISTS (
      SELECT FROM evidence_evidenceitem i WHERE i.id = NEW.item_id AND i.organisation_id = ANY (app_orgs()))
    OR NOT EXISTS (SELECT FROM evidence_lineage l WHERE l.item_id = NEW.result_id AND l.other_id = NEW.item_id AND l.kind = 'derived_from')
    OR NOT EXISTS (SELECT FROM evidence_storedfile f WHERE f.item_id = NEW.result_id AND f.sha256 = NEW.draft_sha256)) THEN
    RAISE EXCEPTION 'another person of the originator approves, and the result is the version they saw, linked to its original' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER redaction_guard BEFORE INSERT OR UPDATE ON evidence_redaction FOR EACH ROW
  WHEN (current_user <> 'norms_definer') EXECUTE FUNCTION evidence_redaction_guard();
ALTER FUNCTION evidence_redaction_guard() OWNER TO norms_definer;
"""

SEES = f"audience && {rls.ORGS}"




class Migration(migrations.Migration):

    dependencies = [
        ('evidence', '0009_work'),
        ('incidents', '0003_activity_by_verb'),
        ('organisations', '0002_walls'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Redaction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='title of the redacted version')),
                ('passages', models.JSONField(default=list)),
                ('reasons_version', models.CharField(max_length=24)),
                ('proposed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('handed_in', models.BooleanField(default=False, help_text='Made elsewhere and checked here.')),
                ('state', models.CharField(choices=[('making', 'Being made'), ('ready', 'Ready to be decided'), ('approved', 'Approved'), ('declined', 'Declined'), ('failed', 'Could not be made')], default='making', max_length=8)),
                ('problem', models.CharField(blank=True, max_length=20)),
                ('detail', models.CharField(blank=True, max_length=300)),
                ('log', models.JSONField(default=list, help_text='For each passage: reason, how often, on which pages.')),
                ('draft_path', models.CharField(blank=True, editable=False, max_length=200)),
                ('draft_sha256', models.CharField(blank=True, max_length=64)),
                ('draft_size', models.BigIntegerField(default=0)),
                ('draft_name', models.CharField(blank=True, max_length=200)),
                ('decided_at', models.DateTimeField(editable=False, null=True)),
                ('decided_reason', models.TextField(blank=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='redactions', to='evidence.storedfile')),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='incidents.incident')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='redactions', to='evidence.evidenceitem')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('result', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='redacted_from', to='evidence.evidenceitem')),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['making', 'ready', 'approved', 'declined', 'failed'])), name='redaction_state'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'approved'), _negated=True), models.Q(('decided_by__isnull', False), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='redaction_by_two'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'approved'), _negated=True), ('result__isnull', False), _connector='OR'), name='redaction_approved_has_result'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['ready', 'approved']), _negated=True), ('draft_sha256__regex', '^[0-9a-f]{64}$'), _connector='OR'), name='redaction_ready_has_draft'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'declined'), _negated=True), models.Q(('decided_reason', ''), _negated=True), _connector='OR'), name='redaction_declined_has_reason')],
            },
        ),
        case_child(
            "evidence_redaction", grade="evidence",
            add=f"({SEES}) AND organisation_id = ANY ({rls.ORGS}) AND proposed_by_id = {rls.ME}",
        ),
        rls.sql(GUARD),
    ]
