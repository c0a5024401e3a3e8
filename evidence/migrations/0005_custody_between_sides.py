"""Custody passes between two sides, ends on two people's word, and is stamped from outside; what the database keeps of it.

A release waits for one receipt, by another person of the other side. Nothing is handed out after disposal. A derivative
is marked as strictly as what it comes from, and only its originator relaxes a mark.
"""

import django.core.serializers.json
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from core import rls
from incidents.tenancy import append_only_child, case_child

SAME_CASE = """
ALTER TABLE evidence_custodyentry ADD CONSTRAINT link_in_item UNIQUE (id, item_id);
ALTER TABLE evidence_storedfile ADD CONSTRAINT file_in_case UNIQUE (id, incident_id);
ALTER TABLE evidence_transfer
  ADD CONSTRAINT item_of_same_case FOREIGN KEY (item_id, incident_id) REFERENCES evidence_evidenceitem (id, incident_id),
  ADD CONSTRAINT release_of_same_item FOREIGN KEY (release_id, item_id) REFERENCES evidence_custodyentry (id, item_id),
  ADD CONSTRAINT receipt_of_same_item FOREIGN KEY (receipt_id, item_id) REFERENCES evidence_custodyentry (id, item_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE evidence_legalhold ADD CONSTRAINT item_of_same_case FOREIGN KEY (item_id, incident_id) REFERENCES evidence_evidenceitem (id, incident_id);
ALTER TABLE evidence_disposal
  ADD CONSTRAINT item_of_same_case FOREIGN KEY (item_id, incident_id) REFERENCES evidence_evidenceitem (id, incident_id),
  ADD CONSTRAINT link_of_same_item FOREIGN KEY (link_id, item_id) REFERENCES evidence_custodyentry (id, item_id);
ALTER TABLE evidence_filestamp ADD CONSTRAINT file_of_same_case FOREIGN KEY (file_id, incident_id) REFERENCES evidence_storedfile (id, incident_id);
ALTER TABLE evidence_translation
  ADD CONSTRAINT item_of_same_case FOREIGN KEY (item_id, incident_id) REFERENCES evidence_evidenceitem (id, incident_id),
  ADD CONSTRAINT original_of_same_case FOREIGN KEY (original_id, incident_id) REFERENCES evidence_evidenceitem (id, incident_id);
"""

# Fires after `custody_link`, which holds the item's row: whoever comes second sees what the first one did.
ORDER = """
CREATE FUNCTION evidence_custody_order() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  handed record;
BEGIN
  IF (NEW.place = 1) <> (NEW.act = 'received') THEN
    RAISE EXCEPTION 'custody begins with one receipt' USING ERRCODE = 'check_violation';
  END IF;
  -- After the end an item is still told of (exported) and withdrawn; nobody has it in hand any more.
  IF NEW.act NOT IN ('exported', 'withdrawn')
     AND EXISTS (SELECT FROM evidence_custodyentry c WHERE c.item_id = NEW.item_id AND c.act = 'disposed') THEN
    RAISE EXCEPTION 'nothing is in hand after disposal' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.act = 'unsealed' AND NOT EXISTS (SELECT FROM evidence_custodyentry c WHERE c.item_id = NEW.item_id AND c.act = 'sealed') THEN
    RAISE EXCEPTION 'what was never sealed is not unsealed' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.act NOT IN ('released', 'accepted', 'refused', 'returned', 'disposed') THEN
    RETURN NEW;
  END IF;
  SELECT c.id, c.act, c.actor_id INTO handed FROM evidence_custodyentry c
   WHERE c.item_id = NEW.item_id AND c.act IN ('released', 'accepted', 'refused', 'returned') ORDER BY c.place DESC LIMIT 1;
  IF NEW.act IN ('released', 'disposed') THEN
    IF handed.act = 'released' THEN
      RAISE EXCEPTION 'a release waits for its receipt' USING ERRCODE = 'check_violation';
    END IF;
  ELSE
    IF handed.act IS DISTINCT FROM 'released' THEN
      RAISE EXCEPTION 'there is no release to answer' USING ERRCODE = 'check_violation';
    END IF;
    IF handed.actor_id = NEW.actor_id THEN
      RAISE EXCEPTION 'whoever released an item does not receive it' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM evidence_transfer t WHERE t.release_id = handed.id AND t.receipt_id IS NULL AND NEW.organisation_id
                   = CASE NEW.act WHEN 'returned' THEN t.from_organisation_id ELSE t.to_organisation_id END) THEN
      RAISE EXCEPTION 'a release is answered by the side it was addressed to' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  IF NEW.act = 'disposed' THEN
    IF NOT EXISTS (SELECT FROM evidence_disposal d WHERE d.item_id = NEW.item_id AND d.outcome = '' AND d.proposed_by_id <> NEW.actor_id) THEN
      RAISE EXCEPTION 'disposal takes two people' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM evidence_legalhold h WHERE h.incident_id = NEW.incident_id AND (h.item_id IS NULL OR h.item_id = NEW.item_id) AND h.lifted_at IS NULL) THEN
      RAISE EXCEPTION 'a legal hold forbids disposal' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER custody_order BEFORE INSERT ON evidence_custodyentry FOR EACH ROW EXECUTE FUNCTION evidence_custody_order();
"""

TRANSFERS = """
CREATE FUNCTION evidence_transfer_addressed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  held record;
BEGIN
  IF NOT EXISTS (SELECT FROM evidence_custodyentry c WHERE c.id = NEW.release_id AND c.item_id = NEW.item_id AND c.act = 'released'
                 AND c.actor_id = NEW.released_by_id AND c.organisation_id = NEW.from_organisation_id) THEN
    RAISE EXCEPTION 'a transfer begins with its release' USING ERRCODE = 'check_violation';
  END IF;
  -- In whose hands it is: the last side that accepted it, else whoever gave it in.
  SELECT t.to_organisation_id AS organisation, t.to_desk::text AS desk INTO held FROM evidence_transfer t
    JOIN evidence_custodyentry c ON c.id = t.receipt_id AND c.act = 'accepted'
   WHERE t.item_id = NEW.item_id ORDER BY c.place DESC LIMIT 1;
  IF NOT FOUND THEN
    SELECT i.organisation_id AS organisation, ''::text AS desk INTO held FROM evidence_evidenceitem i WHERE i.id = NEW.item_id;
  END IF;
  IF (NEW.from_organisation_id, NEW.from_desk::text) IS DISTINCT FROM (held.organisation, held.desk) THEN
    RAISE EXCEPTION 'an item is released by the side that has it' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT FROM organisations_rolegroup g WHERE g.organisation_id = NEW.to_organisation_id AND g.principal = ANY (NEW.audience)) THEN
    RAISE EXCEPTION 'an item is released to a side that may see it' USING ERRCODE = 'check_violation';
  END IF;
  NEW.receipt_id := NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER transfer_addressed BEFORE INSERT ON evidence_transfer FOR EACH ROW EXECUTE FUNCTION evidence_transfer_addressed();

CREATE FUNCTION evidence_transfer_received() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  UPDATE evidence_transfer SET receipt_id = NEW.id WHERE item_id = NEW.item_id AND receipt_id IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER transfer_received AFTER INSERT ON evidence_custodyentry FOR EACH ROW
  WHEN (NEW.act IN ('accepted', 'refused', 'returned')) EXECUTE FUNCTION evidence_transfer_received();

CREATE FUNCTION evidence_release_has_address() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM evidence_transfer t WHERE t.release_id = NEW.id) THEN
    RAISE EXCEPTION 'a release is addressed to somebody' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER release_has_address AFTER INSERT ON evidence_custodyentry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.act = 'released') EXECUTE FUNCTION evidence_release_has_address();

CREATE TRIGGER append_only_row BEFORE DELETE ON evidence_transfer FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_update BEFORE UPDATE ON evidence_transfer FOR EACH ROW
  WHEN ((to_jsonb(OLD) - 'audience' - 'receipt_id') IS DISTINCT FROM (to_jsonb(NEW) - 'audience' - 'receipt_id')
        OR (OLD.receipt_id IS NOT NULL AND NEW.receipt_id IS DISTINCT FROM OLD.receipt_id)) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_all BEFORE TRUNCATE ON evidence_transfer FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

# A hold is lifted once, a disposal decided once; what was said when they were made stays. (Not named `append_only_row`:
# that name takes the right to update away, core/privileges.py.)
ONCE = """
CREATE TRIGGER never_dropped BEFORE DELETE ON evidence_legalhold FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER lifted_once BEFORE UPDATE ON evidence_legalhold FOR EACH ROW
  WHEN ((to_jsonb(OLD) - 'audience' - 'lifted_by_id' - 'lifted_at' - 'lifted_reason')
        IS DISTINCT FROM (to_jsonb(NEW) - 'audience' - 'lifted_by_id' - 'lifted_at' - 'lifted_reason')
        OR (OLD.lifted_at IS NOT NULL AND (to_jsonb(OLD) - 'audience') IS DISTINCT FROM (to_jsonb(NEW) - 'audience')))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_all BEFORE TRUNCATE ON evidence_legalhold FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_dropped BEFORE DELETE ON evidence_disposal FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decided_once BEFORE UPDATE ON evidence_disposal FOR EACH ROW
  WHEN ((to_jsonb(OLD) - ARRAY['audience', 'outcome', 'decided_by_id', 'decided_at', 'decided_reason', 'link_id'])
        IS DISTINCT FROM (to_jsonb(NEW) - ARRAY['audience', 'outcome', 'decided_by_id', 'decided_at', 'decided_reason', 'link_id'])
        OR (OLD.outcome <> '' AND (to_jsonb(OLD) - 'audience') IS DISTINCT FROM (to_jsonb(NEW) - 'audience')))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_all BEFORE TRUNCATE ON evidence_disposal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

# Whether a path of the store is still somebody's content: items of other cases share it, and the asker may not see them.
# An item that was disposed of keeps the row that names the path, and wants its bytes no more. Only the platform itself is
# answered: to anybody else everything is wanted.
WANTED = """
CREATE FUNCTION evidence_content_wanted(at_path text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT app_user() IS DISTINCT FROM (SELECT u.id FROM organisations_user u WHERE u.email = 'system@norms.invalid')
      OR EXISTS (SELECT FROM evidence_storedfile f JOIN evidence_evidenceitem i ON i.id = f.item_id
                  WHERE f.path = at_path AND i.status <> 'disposed')
$$;
REVOKE ALL ON FUNCTION evidence_content_wanted(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION evidence_content_wanted(text) TO norms_app;
"""

LINEAGE = """
CREATE FUNCTION evidence_mark_rank(mark text) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN array_position(ARRAY['TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED'], mark);

CREATE FUNCTION evidence_lineage_sound() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('evidence_lineage'), (NEW.incident_id % 2147483648)::int);
  IF EXISTS (WITH RECURSIVE above(id) AS (
               SELECT NEW.other_id UNION SELECT l.other_id FROM evidence_lineage l JOIN above a ON l.item_id = a.id WHERE l.kind = 'derived_from')
             SELECT FROM above WHERE id = NEW.item_id) THEN
    RAISE EXCEPTION 'an item cannot come from itself' USING ERRCODE = 'check_violation';
  END IF;
  IF (SELECT evidence_mark_rank(i.mark) < evidence_mark_rank(o.mark) FROM evidence_evidenceitem i, evidence_evidenceitem o
       WHERE i.id = NEW.item_id AND o.id = NEW.other_id) THEN
    RAISE EXCEPTION 'a derivative is marked as strictly as what it comes from' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER lineage_sound BEFORE INSERT ON evidence_lineage FOR EACH ROW WHEN (NEW.kind = 'derived_from')
  EXECUTE FUNCTION evidence_lineage_sound();

CREATE FUNCTION evidence_mark_relaxed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  IF NOT OLD.organisation_id = ANY (app_orgs()) THEN
    RAISE EXCEPTION 'only the originator relaxes a mark' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (WITH RECURSIVE above(id) AS (
               SELECT l.other_id FROM evidence_lineage l WHERE l.item_id = OLD.id AND l.kind = 'derived_from'
               UNION SELECT l.other_id FROM evidence_lineage l JOIN above a ON l.item_id = a.id WHERE l.kind = 'derived_from')
             SELECT FROM above a JOIN evidence_evidenceitem i ON i.id = a.id
              WHERE i.organisation_id <> OLD.organisation_id AND evidence_mark_rank(i.mark) > evidence_mark_rank(NEW.mark)) THEN
    RAISE EXCEPTION 'a derivative keeps the mark of what it comes from' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER mark_relaxed BEFORE UPDATE OF mark ON evidence_evidenceitem FOR EACH ROW
  WHEN (evidence_mark_rank(NEW.mark) < evidence_mark_rank(OLD.mark)) EXECUTE FUNCTION evidence_mark_relaxed();
"""

# R1.1: by another, where the team allows. Who grades alone says so, and the database looks whether it is true.
GRADES = """
DROP TRIGGER graded_by_another ON evidence_gradeentry;
DROP FUNCTION evidence_graded_by_another();
CREATE FUNCTION evidence_graded_by_another() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM evidence_evidenceitem WHERE id = NEW.item_id AND uploaded_by_id = NEW.graded_by_id) THEN
    RETURN NEW;
  END IF;
  IF NOT NEW.alone OR EXISTS (
       SELECT FROM organisations_membership m WHERE m.organisation_id = NEW.organisation_id AND m.user_id <> NEW.graded_by_id
          AND (m.until IS NULL OR m.until > clock_timestamp())
          AND m.roles::text[] && ARRAY['analyst', 'forensic_assessor', 'legal_assessor', 'human_rights_assessor']) THEN
    RAISE EXCEPTION 'whoever gave an item in does not grade it' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER graded_by_another BEFORE INSERT ON evidence_gradeentry FOR EACH ROW EXECUTE FUNCTION evidence_graded_by_another();
"""

OWNERS = "".join(
    f"ALTER FUNCTION {name} OWNER TO norms_definer;"
    for name in (
        "evidence_custody_order()", "evidence_transfer_addressed()", "evidence_transfer_received()", "evidence_release_has_address()",
        "evidence_content_wanted(text)", "evidence_lineage_sound()", "evidence_mark_relaxed()", "evidence_graded_by_another()",
    )
)  # fmt: skip

SEES = f"audience && {rls.ORGS}"
AS_ME = f"{SEES} AND organisation_id = ANY ({rls.ORGS})"
OURS = f"organisation_id = ANY ({rls.ORGS})"


class Migration(migrations.Migration):

    dependencies = [
        ('evidence', '0004_unnamed_paths'),
        ('incidents', '0003_activity_by_verb'),
        ('organisations', '0002_walls'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Disposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField(verbose_name='reason')),
                ('authority', models.CharField(max_length=200, verbose_name='on whose authority')),
                ('proposed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('outcome', models.CharField(blank=True, choices=[('', 'Waiting for a second person'), ('carried_out', 'Carried out'), ('refused', 'Refused')], default='', editable=False, max_length=11)),
                ('decided_at', models.DateTimeField(editable=False, null=True)),
                ('decided_reason', models.TextField(blank=True, editable=False)),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='FileStamp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.BinaryField()),
                ('authority', models.CharField(max_length=300, verbose_name='authority')),
                ('stamped_at', models.DateTimeField(verbose_name='time-stamped')),
                ('kept_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
        ),
        migrations.CreateModel(
            name='LegalHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField(verbose_name='reason')),
                ('authority', models.CharField(max_length=200, verbose_name='on whose authority')),
                ('placed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('lifted_at', models.DateTimeField(editable=False, null=True)),
                ('lifted_reason', models.TextField(blank=True, editable=False)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='SweepReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField(verbose_name='begun')),
                ('finished_at', models.DateTimeField(verbose_name='ended')),
                ('files', models.PositiveIntegerField(verbose_name='files')),
                ('size', models.BigIntegerField(verbose_name='bytes')),
                ('matches', models.PositiveIntegerField(verbose_name='matching')),
                ('mismatches', models.PositiveIntegerField(verbose_name='not matching')),
                ('unavailable', models.PositiveIntegerField(verbose_name='not readable')),
                ('faults', models.JSONField(default=list, encoder=django.core.serializers.json.DjangoJSONEncoder)),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Transfer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_desk', models.CharField(blank=True, max_length=80, verbose_name='from the desk')),
                ('to_desk', models.CharField(blank=True, max_length=80, verbose_name='to the desk')),
                ('purpose', models.TextField(verbose_name='purpose')),
                ('released_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Translation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(help_text='BCP 47.', max_length=35, verbose_name='language')),
                ('translator', models.CharField(max_length=200, verbose_name='translator')),
                ('method', models.CharField(choices=[('human', 'By a person'), ('reviewed', 'By a machine, checked by a person'), ('machine', 'By a machine, not checked')], max_length=8, verbose_name='how it was translated')),
                ('added_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='evidenceitem',
            name='evidence_graded_by_another',
        ),
        migrations.AddField(
            model_name='evidenceitem',
            name='graded_alone',
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name='gradeentry',
            name='alone',
            field=models.BooleanField(default=False, help_text='By the one who gave the item in, because nobody else in the team could grade it (R1.1).'),
        ),
        migrations.AddConstraint(
            model_name='evidenceitem',
            constraint=models.CheckConstraint(condition=models.Q(('graded_by__isnull', True), models.Q(('graded_by', models.F('uploaded_by')), _negated=True), ('graded_alone', True), _connector='OR'), name='evidence_graded_by_another'),
        ),
        migrations.AddField(
            model_name='disposal',
            name='decided_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='disposal',
            name='incident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='incidents.incident'),
        ),
        migrations.AddField(
            model_name='disposal',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disposals', to='evidence.evidenceitem'),
        ),
        migrations.AddField(
            model_name='disposal',
            name='link',
            field=models.OneToOneField(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='disposal', to='evidence.custodyentry'),
        ),
        migrations.AddField(
            model_name='disposal',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation'),
        ),
        migrations.AddField(
            model_name='disposal',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='filestamp',
            name='file',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='stamp', to='evidence.storedfile'),
        ),
        migrations.AddField(
            model_name='filestamp',
            name='incident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='incidents.incident'),
        ),
        migrations.AddField(
            model_name='legalhold',
            name='incident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='incidents.incident'),
        ),
        migrations.AddField(
            model_name='legalhold',
            name='item',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='evidence.evidenceitem'),
        ),
        migrations.AddField(
            model_name='legalhold',
            name='lifted_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='legalhold',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation'),
        ),
        migrations.AddField(
            model_name='legalhold',
            name='placed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sweepreport',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation'),
        ),
        migrations.AddField(
            model_name='transfer',
            name='from_organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation'),
        ),
        migrations.AddField(
            model_name='transfer',
            name='incident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='incidents.incident'),
        ),
        migrations.AddField(
            model_name='transfer',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transfers', to='evidence.evidenceitem'),
        ),
        migrations.AddField(
            model_name='transfer',
            name='receipt',
            field=models.OneToOneField(db_default=None, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='receipt_of', to='evidence.custodyentry'),
        ),
        migrations.AddField(
            model_name='transfer',
            name='release',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='transfer', to='evidence.custodyentry'),
        ),
        migrations.AddField(
            model_name='transfer',
            name='released_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='transfer',
            name='to_organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation'),
        ),
        migrations.AddField(
            model_name='translation',
            name='added_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='translation',
            name='incident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='incidents.incident'),
        ),
        migrations.AddField(
            model_name='translation',
            name='item',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='translation', to='evidence.evidenceitem'),
        ),
        migrations.AddField(
            model_name='translation',
            name='original',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='translations', to='evidence.evidenceitem'),
        ),
        migrations.AddConstraint(
            model_name='disposal',
            constraint=models.UniqueConstraint(condition=models.Q(('outcome', '')), fields=('item',), name='disposal_one_open'),
        ),
        migrations.AddConstraint(
            model_name='disposal',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['', 'carried_out', 'refused'])), name='disposal_outcome'),
        ),
        migrations.AddConstraint(
            model_name='disposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(('authority', ''), _negated=True)), name='disposal_has_grounds'),
        ),
        migrations.AddConstraint(
            model_name='disposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('link__isnull', True), ('outcome', '')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('link__isnull', True), ('outcome', 'refused')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('link__isnull', False), ('outcome', 'carried_out')), _connector='OR'), name='disposal_decided_whole'),
        ),
        migrations.AddConstraint(
            model_name='disposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'carried_out'), _negated=True), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='disposal_two_people'),
        ),
        migrations.AddConstraint(
            model_name='filestamp',
            constraint=models.CheckConstraint(condition=models.Q(('authority', ''), _negated=True), name='stamp_names_authority'),
        ),
        migrations.AddConstraint(
            model_name='legalhold',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(('authority', ''), _negated=True)), name='hold_has_grounds'),
        ),
        migrations.AddConstraint(
            model_name='legalhold',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lifted_at__isnull', True), ('lifted_by__isnull', True), ('lifted_reason', '')), models.Q(('lifted_at__isnull', False), ('lifted_by__isnull', False), models.Q(('lifted_reason', ''), _negated=True)), _connector='OR'), name='hold_lifted_whole'),
        ),
        migrations.AddConstraint(
            model_name='sweepreport',
            constraint=models.CheckConstraint(condition=models.Q(('files', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('matches'), '+', models.F('mismatches')), '+', models.F('unavailable')))), name='sweep_adds_up'),
        ),
        migrations.AddConstraint(
            model_name='sweepreport',
            constraint=models.CheckConstraint(condition=models.Q(('finished_at__gte', models.F('started_at'))), name='sweep_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.UniqueConstraint(condition=models.Q(('receipt__isnull', True)), fields=('item',), name='transfer_one_open'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('from_organisation', models.F('to_organisation')), _negated=True), models.Q(('from_desk', models.F('to_desk')), _negated=True), _connector='OR'), name='transfer_two_sides'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.CheckConstraint(condition=models.Q(('purpose', ''), _negated=True), name='transfer_has_purpose'),
        ),
        migrations.AddConstraint(
            model_name='translation',
            constraint=models.CheckConstraint(condition=models.Q(('item', models.F('original')), _negated=True), name='translation_of_another'),
        ),
        migrations.AddConstraint(
            model_name='translation',
            constraint=models.CheckConstraint(condition=models.Q(('method__in', ['human', 'reviewed', 'machine'])), name='translation_method'),
        ),
        migrations.AddConstraint(
            model_name='translation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('language', ''), _negated=True), models.Q(('translator', ''), _negated=True)), name='translation_said_whole'),
        ),
        rls.sql(SAME_CASE),
        rls.sql(ORDER),
        rls.sql(TRANSFERS),
        rls.sql(ONCE),
        rls.sql(WANTED),
        rls.sql(LINEAGE),
        rls.sql(GRADES),
        rls.sql(OWNERS),
        case_child(
            "evidence_transfer",
            grade="evidence",
            add=f"{SEES} AND from_organisation_id = ANY ({rls.ORGS}) AND released_by_id = {rls.ME}",
            edit=None,
        ),
        case_child("evidence_legalhold", grade="evidence", add=f"{AS_ME} AND placed_by_id = {rls.ME}"),
        case_child("evidence_disposal", grade="evidence", add=f"{AS_ME} AND proposed_by_id = {rls.ME}"),
        case_child("evidence_filestamp", grade="evidence", edit=None),
        case_child("evidence_translation", grade="evidence", add=f"{SEES} AND added_by_id = {rls.ME}", edit=None),
        append_only_child("evidence_filestamp"),
        append_only_child("evidence_translation"),
        rls.secure("evidence_sweepreport", read=OURS, add=OURS),
        rls.append_only("evidence_sweepreport"),
    ]
