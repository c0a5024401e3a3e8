"""Work of a worker on evidence, what scanners said, and files that leave only inside an encrypted archive.

Files of a malware sample are dangerous whoever adds them, and nobody takes that back: the database sees to both.
"""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from core import rls
from incidents.tenancy import SEES, append_only_child, case_child

DANGEROUS = """
CREATE FUNCTION evidence_sample_is_dangerous() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.dangerous := NEW.dangerous OR EXISTS (SELECT FROM evidence_evidenceitem i WHERE i.id = NEW.item_id AND i.kind = 'malware_sample');
  RETURN NEW;
END $$;
CREATE TRIGGER sample_is_dangerous BEFORE INSERT ON evidence_storedfile FOR EACH ROW EXECUTE FUNCTION evidence_sample_is_dangerous();
CREATE FUNCTION evidence_became_sample() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE evidence_storedfile SET dangerous = true WHERE item_id = NEW.id AND NOT dangerous;
  RETURN NULL;
END $$;
CREATE TRIGGER became_sample AFTER UPDATE OF kind ON evidence_evidenceitem FOR EACH ROW
  WHEN (NEW.kind = 'malware_sample' AND OLD.kind <> 'malware_sample') EXECUTE FUNCTION evidence_became_sample();
DROP TRIGGER fixed_at_receipt ON evidence_storedfile;
CREATE TRIGGER fixed_at_receipt BEFORE UPDATE ON evidence_storedfile FOR EACH ROW
  WHEN ((to_jsonb(OLD) - 'audience' - 'integrity' - 'checked_at' - 'dangerous') IS DISTINCT FROM (to_jsonb(NEW) - 'audience' - 'integrity' - 'checked_at' - 'dangerous')
        OR (OLD.dangerous AND NOT NEW.dangerous))
  EXECUTE FUNCTION refuse_change();
ALTER FUNCTION evidence_sample_is_dangerous() OWNER TO norms_definer; ALTER FUNCTION evidence_became_sample() OWNER TO norms_definer;
"""
# What is held already. The owner passes no policy: the definer role does.
HELD = """
GRANT SELECT, UPDATE ON evidence_storedfile, evidence_evidenceitem TO norms_definer;
SET LOCAL ROLE norms_definer;
UPDATE evidence_storedfile f SET dangerous = true FROM evidence_evidenceitem i WHERE i.id = f.item_id AND i.kind = 'malware_sample';
RESET ROLE;
"""
FUNCTIONS = """
CREATE FUNCTION evidence_job_asker(job bigint) RETURNS TABLE (user_id int, organisation_id int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT j.requested_by_id, j.organisation_id FROM evidence_intakejob j WHERE j.id = job
$$;
-- Lost: running for longer than any task may, or waiting for two minutes (its message may be gone; sent twice does no harm).
CREATE FUNCTION evidence_requeue_lost(most_attempts int) RETURNS TABLE (id bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE evidence_intakejob j SET state = 'failed', error_code = 'lost', finished_at = clock_timestamp()
   WHERE (j.state = 'running' AND j.started_at < clock_timestamp() - interval '35 minutes' AND j.attempts >= most_attempts)
      OR (j.state = 'queued' AND j.requested_at < clock_timestamp() - interval '1 day');
  UPDATE evidence_intakejob j SET state = 'queued', queued_at = clock_timestamp()
   WHERE j.id IN (SELECT l.id FROM evidence_intakejob l
                   WHERE (l.state = 'running' AND l.started_at < clock_timestamp() - interval '35 minutes')
                      OR (l.state = 'queued' AND l.queued_at < clock_timestamp() - interval '2 minutes')
                   ORDER BY l.id LIMIT 100 FOR UPDATE SKIP LOCKED)
  RETURNING j.id
$$;
"""
SAME_CASE = """
ALTER TABLE evidence_intakejob
  ADD CONSTRAINT item_of_same_case FOREIGN KEY (item_id, incident_id) REFERENCES evidence_evidenceitem (id, incident_id),
  ADD CONSTRAINT file_of_same_item FOREIGN KEY (file_id, item_id) REFERENCES evidence_storedfile (id, item_id);
ALTER TABLE evidence_filescan ADD CONSTRAINT file_of_same_case FOREIGN KEY (file_id, incident_id) REFERENCES evidence_storedfile (id, incident_id);
"""
ASKED = f"{SEES} AND organisation_id = ANY ({rls.ORGS}) AND requested_by_id = {rls.ME}"


class Migration(migrations.Migration):

    dependencies = [
        ('evidence', '0008_received'),
        ('incidents', '0003_activity_by_verb'),
        ('organisations', '0002_walls'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='storedfile',
            name='dangerous',
            field=models.BooleanField(default=False, help_text='Leaves only inside an encrypted archive. Never taken back: a false alarm costs an archive.', verbose_name='dangerous'),
        ),
        migrations.CreateModel(
            name='FileScan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('clean', 'Nothing found'), ('found', 'Malware found'), ('unscanned', 'Not scanned')], max_length=10)),
                ('name', models.CharField(blank=True, help_text='The signature that matched, or why there is no verdict.', max_length=200)),
                ('engine', models.CharField(max_length=80)),
                ('database', models.CharField(max_length=120)),
                ('scanned_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scans', to='evidence.storedfile')),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='incidents.incident')),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('outcome__in', ['clean', 'found', 'unscanned'])), name='scan_outcome')],
            },
        ),
        migrations.CreateModel(
            name='IntakeJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('scan', 'Scan for malware'), ('mail', 'Taking the message apart'), ('capture', 'Capture of the page')], max_length=8)),
                ('state', models.CharField(choices=[('queued', 'Waiting'), ('running', 'In progress'), ('done', 'Done'), ('failed', 'Failed')], default='queued', max_length=8, verbose_name='state')),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('error_code', models.CharField(blank=True, max_length=40)),
                ('outcome', models.JSONField(default=dict)),
                ('requested_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('queued_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='jobs', to='evidence.storedfile')),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='incidents.incident')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='jobs', to='evidence.evidenceitem')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(condition=models.Q(('state__in', ['queued', 'running'])), fields=['state', 'queued_at'], name='intake_open')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['queued', 'running'])), fields=('item', 'file', 'kind'), name='intake_job_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('kind__in', ['scan', 'mail', 'capture'])), name='intake_job_kind'), models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'running', 'done', 'failed'])), name='intake_job_state'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'failed'), models.Q(('error_code', ''), _negated=True)), models.Q(models.Q(('state', 'failed'), _negated=True), ('error_code', '')), _connector='OR'), name='intake_job_failed_says_why')],
            },
        ),
        rls.sql(DANGEROUS),
        rls.sql(HELD),
        rls.sql(SAME_CASE),
        rls.sql(FUNCTIONS + rls.definer("evidence_job_asker(bigint)") + rls.definer("evidence_requeue_lost(int)")),
        case_child("evidence_intakejob", grade="evidence", add=ASKED),
        case_child("evidence_filescan", grade="evidence", add=f"{SEES} AND asked_by_id = {rls.ME}", edit=None),
        append_only_child("evidence_filescan"),
    ]
