"""Seals, their custodians and shares, requests and answers; and what of them the database itself keeps.

A share is read by its custodian alone and placed by a function; a request is granted by the answers counted here; an opening
of sealed content needs such a grant. Whoever writes these tables with the application's own login gets no further.
"""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from core import rls
from incidents.tenancy import append_only_child, case_child

SAME_CASE = """
ALTER TABLE evidence_seal ADD CONSTRAINT seal_in_case UNIQUE (id, incident_id),
  ADD CONSTRAINT item_of_same_case FOREIGN KEY (item_id, incident_id) REFERENCES evidence_evidenceitem (id, incident_id);
ALTER TABLE evidence_custodian ADD CONSTRAINT custodian_of_seal UNIQUE (id, seal_id),
  ADD CONSTRAINT seal_of_same_case FOREIGN KEY (seal_id, incident_id) REFERENCES evidence_seal (id, incident_id);
ALTER TABLE evidence_sealedfile ADD CONSTRAINT seal_of_same_case FOREIGN KEY (seal_id, incident_id) REFERENCES evidence_seal (id, incident_id);
ALTER TABLE evidence_sealrequest ADD CONSTRAINT request_in_case UNIQUE (id, incident_id),
  ADD CONSTRAINT seal_of_same_case FOREIGN KEY (seal_id, incident_id) REFERENCES evidence_seal (id, incident_id),
  ADD CONSTRAINT leaving_of_same_seal FOREIGN KEY (leaving_id, seal_id) REFERENCES evidence_custodian (id, seal_id);
ALTER TABLE evidence_sealanswer ADD CONSTRAINT request_of_same_case FOREIGN KEY (request_id, incident_id) REFERENCES evidence_sealrequest (id, incident_id);
ALTER TABLE evidence_releasedshare ADD CONSTRAINT request_of_same_case FOREIGN KEY (request_id, incident_id) REFERENCES evidence_sealrequest (id, incident_id);
"""

# Whether the person bound to the transaction holds an agreement of the custodians, of this kind, at this moment.
HELPERS = """
CREATE FUNCTION evidence_agreed(of_seal bigint, of_kind text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM evidence_sealrequest r JOIN evidence_seal s ON s.id = r.seal_id
    WHERE r.seal_id = of_seal AND r.kind = of_kind AND r.state = 'granted' AND r.open_until > clock_timestamp()
      AND r.requested_by_id = app_user() AND r.organisation_id = ANY (app_orgs()) AND r.generation = s.generation)
$$;
-- Who could be a custodian: people with a key of their own, of organisations that see the evidence of the case.
CREATE FUNCTION evidence_possible_custodians(of_case bigint)
RETURNS TABLE (user_id int, user_name text, organisation_id int, organisation_name text, fingerprint text, roles text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT u.id, u.name::text, o.id, o.name::text, k.fingerprint::text, m.roles::text[]
    FROM incidents_incident i
    JOIN organisations_membership m ON m.until IS NULL OR m.until > clock_timestamp()
    JOIN organisations_user u ON u.id = m.user_id AND u.is_active
    JOIN organisations_organisation o ON o.id = m.organisation_id
    JOIN sealing_sealingkey k ON k.user_id = u.id AND k.retired_at IS NULL
   WHERE i.id = of_case AND i.evidence_audience && app_orgs()
     AND (o.id = ANY (i.evidence_audience) OR u.id = ANY (i.evidence_audience) OR EXISTS (
       SELECT FROM organisations_rolegroup g WHERE g.organisation_id = o.id AND g.role = ANY (m.roles) AND g.principal = ANY (i.evidence_audience)))
   ORDER BY o.name, u.name
$$;
-- Whether the bytes of a file of one's own item are those of an item that is not sealed, too.
CREATE FUNCTION evidence_plaintext_needed(of_file bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT NOT EXISTS (SELECT FROM evidence_storedfile f JOIN evidence_evidenceitem i ON i.id = f.item_id WHERE f.id = of_file AND i.organisation_id = ANY (app_orgs()))
    OR EXISTS (SELECT FROM evidence_storedfile f JOIN evidence_storedfile g ON g.path = f.path JOIN evidence_evidenceitem i ON i.id = g.item_id
      WHERE f.id = of_file AND NOT i.sealed)
$$;
"""

SEALS = """
CREATE FUNCTION evidence_seal_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM FROM evidence_evidenceitem WHERE id = NEW.item_id AND organisation_id = NEW.organisation_id AND status = 'held';
    IF NOT FOUND OR NEW.state <> 'sealing' OR NEW.generation <> 1 OR NEW.sealed_by_id IS DISTINCT FROM app_user() OR NEW.organisation_id <> ALL (app_orgs()) THEN
      RAISE EXCEPTION 'the organisation that gave an item in seals it' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.state = 'unsealed' OR (OLD.item_id, OLD.threshold, OLD.title, OLD.summary, OLD.reason, OLD.sealed_by_id, OLD.organisation_id, OLD.asked_at)
     IS DISTINCT FROM (NEW.item_id, NEW.threshold, NEW.title, NEW.summary, NEW.reason, NEW.sealed_by_id, NEW.organisation_id, NEW.asked_at) THEN
    RAISE EXCEPTION 'a seal keeps what was said of it' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.state = 'sealing' THEN
    IF OLD.organisation_id <> ALL (app_orgs()) OR NEW.state NOT IN ('sealing', 'sealed') OR NEW.generation <> 1 THEN
      RAISE EXCEPTION 'a seal is closed by the organisation that asked for it' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'sealed' AND (
      (SELECT count(*) FROM evidence_custodian c JOIN evidence_share h ON h.custodian_id = c.id WHERE c.seal_id = NEW.id AND h.generation = 1)
        <> (SELECT count(*) FROM evidence_custodian WHERE seal_id = NEW.id)
      OR EXISTS (SELECT FROM evidence_storedfile f WHERE f.item_id = NEW.item_id AND NOT EXISTS (
        SELECT FROM evidence_sealedfile z WHERE z.seal_id = NEW.id AND z.file_id = f.id))) THEN
      RAISE EXCEPTION 'every file is sealed and every custodian has a share, or nothing is' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (OLD.facts, OLD.key_check, OLD.lacking, OLD.sealed_at) IS DISTINCT FROM (NEW.facts, NEW.key_check, NEW.lacking, NEW.sealed_at) THEN
    RAISE EXCEPTION 'what was sealed stays' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'unsealed' AND NEW.generation = OLD.generation AND evidence_agreed(OLD.id, 'unseal') THEN
    RETURN NEW;
  END IF;
  IF NEW.state = 'sealed' AND NEW.generation = OLD.generation + 1 AND evidence_agreed(OLD.id, 'reshare')
     AND NOT EXISTS (SELECT FROM evidence_custodian c LEFT JOIN evidence_share h ON h.custodian_id = c.id
       WHERE c.seal_id = OLD.id AND c.replaced_at IS NULL AND h.generation IS DISTINCT FROM NEW.generation) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a seal changes when its custodians agreed' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER seal_guard BEFORE INSERT OR UPDATE ON evidence_seal FOR EACH ROW
  WHEN (current_user <> 'norms_definer') EXECUTE FUNCTION evidence_seal_guard();

CREATE FUNCTION evidence_seal_kept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' OR OLD.state IS DISTINCT FROM NEW.state THEN
    UPDATE evidence_evidenceitem SET sealed = (NEW.state <> 'unsealed') WHERE id = NEW.item_id AND sealed IS DISTINCT FROM (NEW.state <> 'unsealed');
  END IF;
  IF TG_OP = 'UPDATE' AND (OLD.generation <> NEW.generation OR (OLD.state = 'sealed' AND NEW.state = 'unsealed')) THEN
    -- What was agreed on under other shares is of no use any more; the request that is being carried out ends by itself.
    UPDATE evidence_sealrequest r SET state = 'ended', decided_at = coalesce(r.decided_at, clock_timestamp())
     WHERE r.seal_id = NEW.id AND r.state IN ('pending', 'granted')
       AND NOT (r.state = 'granted' AND r.requested_by_id = app_user() AND r.kind = CASE NEW.state WHEN 'unsealed' THEN 'unseal' ELSE 'reshare' END);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER seal_kept AFTER INSERT OR UPDATE ON evidence_seal FOR EACH ROW EXECUTE FUNCTION evidence_seal_kept();
CREATE TRIGGER sealed_by_the_seal BEFORE UPDATE OF sealed ON evidence_evidenceitem FOR EACH ROW
  WHEN (current_user <> 'norms_definer' AND OLD.sealed IS DISTINCT FROM NEW.sealed) EXECUTE FUNCTION refuse_change();

CREATE FUNCTION evidence_sealed_file_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM FROM evidence_seal s JOIN evidence_storedfile f ON f.item_id = s.item_id
    WHERE s.id = NEW.seal_id AND f.id = NEW.file_id AND s.organisation_id = ANY (app_orgs()) AND (TG_OP = 'UPDATE' OR s.state = 'sealing');
  IF NOT FOUND OR (TG_OP = 'UPDATE' AND (OLD.seal_id, OLD.file_id, OLD.path, OLD.sha256, OLD.size) IS DISTINCT FROM (NEW.seal_id, NEW.file_id, NEW.path, NEW.sha256, NEW.size)) THEN
    RAISE EXCEPTION 'sealed content is what the seal wrote' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER sealed_file_guard BEFORE INSERT OR UPDATE ON evidence_sealedfile FOR EACH ROW
  WHEN (current_user <> 'norms_definer') EXECUTE FUNCTION evidence_sealed_file_guard();
"""

CUSTODIANS = """
CREATE FUNCTION evidence_custodian_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s record;
BEGIN
  SELECT * INTO s FROM evidence_seal WHERE id = NEW.seal_id;
  IF TG_OP = 'UPDATE' THEN
    IF (to_jsonb(OLD) - 'audience' - 'replaced_at') IS DISTINCT FROM (to_jsonb(NEW) - 'audience' - 'replaced_at') OR OLD.replaced_at IS NOT NULL
       OR NOT EXISTS (SELECT FROM evidence_sealrequest r WHERE r.leaving_id = OLD.id AND r.state = 'granted' AND r.requested_by_id = app_user())
       OR NOT evidence_agreed(OLD.seal_id, 'reshare') THEN
      RAISE EXCEPTION 'a custodian is replaced when the others agreed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF NOT (s.state = 'sealing' AND s.sealed_by_id = app_user() AND s.organisation_id = ANY (app_orgs()))
     AND NOT (s.state = 'sealed' AND evidence_agreed(s.id, 'reshare') AND EXISTS (
       SELECT FROM evidence_sealrequest r WHERE r.seal_id = s.id AND r.state = 'granted' AND r.requested_by_id = app_user()
          AND r.arriving_id = NEW.user_id AND r.arriving_organisation_id = NEW.organisation_id)) THEN
    RAISE EXCEPTION 'custodians are named when sealing, or when the others agreed' USING ERRCODE = 'check_violation';
  END IF;
  SELECT k.public, k.fingerprint INTO NEW.public, NEW.fingerprint
    FROM evidence_possible_custodians(NEW.incident_id) p JOIN sealing_sealingkey k ON k.user_id = p.user_id AND k.retired_at IS NULL
   WHERE p.user_id = NEW.user_id AND p.organisation_id = NEW.organisation_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'a custodian has a sealing key and sees the evidence of the case' USING ERRCODE = 'check_violation';
  END IF;
  NEW.replaced_at := NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER custodian_guard BEFORE INSERT OR UPDATE ON evidence_custodian FOR EACH ROW
  WHEN (current_user <> 'norms_definer') EXECUTE FUNCTION evidence_custodian_guard();

-- Never fewer custodians than must agree; one for each organisation, so N of them are always of N organisations.
CREATE FUNCTION evidence_enough_custodians() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  of_seal bigint := CASE TG_TABLE_NAME WHEN 'evidence_seal' THEN NEW.id ELSE (to_jsonb(NEW) ->> 'seal_id')::bigint END;
BEGIN
  IF EXISTS (SELECT FROM evidence_seal s WHERE s.id = of_seal AND s.threshold > (
      SELECT count(*) FROM evidence_custodian c WHERE c.seal_id = s.id AND c.replaced_at IS NULL)) THEN
    RAISE EXCEPTION 'fewer custodians than must agree' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER enough_custodians AFTER INSERT OR UPDATE ON evidence_seal DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION evidence_enough_custodians();
CREATE CONSTRAINT TRIGGER enough_custodians AFTER INSERT OR UPDATE ON evidence_custodian DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION evidence_enough_custodians();

-- Puts a share where its custodian alone reads it. Nobody else, not even who puts it there, can read it back.
CREATE FUNCTION evidence_place_share(of_custodian bigint, of_generation int, of_number int, in_box bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  c record;
BEGIN
  SELECT k.id, k.incident_id, k.user_id, s.state, s.generation, s.id AS seal, s.organisation_id AS house INTO c
    FROM evidence_custodian k JOIN evidence_seal s ON s.id = k.seal_id WHERE k.id = of_custodian AND k.replaced_at IS NULL FOR UPDATE OF k;
  IF NOT FOUND OR of_number NOT BETWEEN 1 AND 255
     OR NOT ((c.state = 'sealing' AND c.house = ANY (app_orgs()) AND of_generation = 1)
          OR (c.state = 'sealed' AND of_generation = c.generation + 1 AND evidence_agreed(c.seal, 'reshare'))) THEN
    RETURN false;
  END IF;
  INSERT INTO evidence_share (custodian_id, incident_id, user_id, generation, number, box)
    VALUES (c.id, c.incident_id, c.user_id, of_generation, of_number, in_box)
    ON CONFLICT (custodian_id) DO UPDATE SET generation = of_generation, number = of_number, box = in_box;
  RETURN true;
END $$;
CREATE FUNCTION evidence_forget_share() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  DELETE FROM evidence_share WHERE custodian_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER forget_share AFTER UPDATE OF replaced_at ON evidence_custodian FOR EACH ROW
  WHEN (OLD.replaced_at IS NULL AND NEW.replaced_at IS NOT NULL) EXECUTE FUNCTION evidence_forget_share();
"""

REQUESTS = """
CREATE FUNCTION evidence_seal_request_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s record;
BEGIN
  SELECT * INTO s FROM evidence_seal WHERE id = NEW.seal_id;
  IF TG_OP = 'INSERT' THEN
    NEW.asked_at := clock_timestamp();
    NEW.generation := s.generation;
    SELECT k.public, k.fingerprint INTO NEW.public, NEW.fingerprint FROM sealing_sealingkey k WHERE k.user_id = app_user() AND k.retired_at IS NULL;
    IF NOT FOUND OR s.state <> 'sealed' OR NEW.state <> 'pending' OR NEW.open_until IS NOT NULL OR NEW.requested_by_id IS DISTINCT FROM app_user()
       OR NEW.organisation_id <> ALL (app_orgs()) OR NEW.expires_at > clock_timestamp() + interval '31 days'
       OR (NEW.kind <> 'open' AND NEW.organisation_id <> s.organisation_id)
       OR (SELECT count(*) FROM evidence_custodian c WHERE c.seal_id = s.id AND c.replaced_at IS NULL AND c.user_id <> app_user()) < s.threshold THEN
      RAISE EXCEPTION 'this cannot be asked of the custodians' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (to_jsonb(OLD) - 'audience' - 'state' - 'decided_at') IS DISTINCT FROM (to_jsonb(NEW) - 'audience' - 'state' - 'decided_at') THEN
    RAISE EXCEPTION 'a request keeps what it asked' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.state = NEW.state
     OR (OLD.state IN ('pending', 'granted') AND NEW.state = 'ended' AND (OLD.requested_by_id = app_user() OR s.organisation_id = ANY (app_orgs())))
     OR (OLD.state = 'pending' AND NEW.state = 'expired' AND OLD.expires_at <= clock_timestamp())
     OR (OLD.state = 'granted' AND NEW.state = 'expired' AND OLD.open_until <= clock_timestamp())
     OR (OLD.state = 'granted' AND NEW.state = 'done' AND OLD.requested_by_id = app_user()
         AND ((OLD.kind = 'unseal' AND s.state = 'unsealed') OR (OLD.kind = 'reshare' AND s.generation > OLD.generation))) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a request is granted by its custodians and ends once' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER seal_request_guard BEFORE INSERT OR UPDATE ON evidence_sealrequest FOR EACH ROW
  WHEN (current_user <> 'norms_definer') EXECUTE FUNCTION evidence_seal_request_guard();

-- A request that is over leaves no share behind that somebody could still join.
CREATE FUNCTION evidence_forget_released() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  DELETE FROM evidence_releasedshare WHERE request_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER forget_released AFTER UPDATE OF state ON evidence_sealrequest FOR EACH ROW
  WHEN (NEW.state NOT IN ('pending', 'granted')) EXECUTE FUNCTION evidence_forget_released();

-- A custodian's share for the requester, and for nobody else to read; answers with the custodian, or nothing.
CREATE FUNCTION evidence_release_share(of_request bigint, in_box bytea) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  found_one record;
BEGIN
  SELECT r.incident_id, r.requested_by_id, c.id AS custodian, h.number INTO found_one
    FROM evidence_sealrequest r JOIN evidence_custodian c ON c.seal_id = r.seal_id JOIN evidence_share h ON h.custodian_id = c.id
   WHERE r.id = of_request AND r.state = 'pending' AND r.expires_at > clock_timestamp() AND r.requested_by_id <> app_user()
     AND c.user_id = app_user() AND c.organisation_id = ANY (app_orgs()) AND c.replaced_at IS NULL AND h.generation = r.generation
   FOR UPDATE OF r;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  INSERT INTO evidence_releasedshare (incident_id, request_id, custodian_id, user_id, number, box)
    VALUES (found_one.incident_id, of_request, found_one.custodian, found_one.requested_by_id, found_one.number, in_box)
    ON CONFLICT (request_id, custodian_id) DO NOTHING;
  RETURN found_one.custodian;
END $$;

CREATE FUNCTION evidence_seal_answer_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  r record;
BEGIN
  -- One answer at a time: the count after it is the count.
  SELECT * INTO r FROM evidence_sealrequest WHERE id = NEW.request_id FOR UPDATE;
  PERFORM FROM evidence_custodian c WHERE c.id = NEW.custodian_id AND c.seal_id = r.seal_id AND c.replaced_at IS NULL
    AND c.user_id = app_user() AND c.organisation_id = ANY (app_orgs());
  IF NOT FOUND OR r.state <> 'pending' OR r.expires_at <= clock_timestamp() OR r.requested_by_id = app_user() THEN
    RAISE EXCEPTION 'another custodian answers while a request waits' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.approved AND NOT EXISTS (SELECT FROM evidence_releasedshare WHERE request_id = r.id AND custodian_id = NEW.custodian_id) THEN
    RAISE EXCEPTION 'who agrees releases a share' USING ERRCODE = 'check_violation';
  END IF;
  NEW.at := clock_timestamp();
  RETURN NEW;
END $$;
CREATE TRIGGER seal_answer_guard BEFORE INSERT ON evidence_sealanswer FOR EACH ROW
  WHEN (current_user <> 'norms_definer') EXECUTE FUNCTION evidence_seal_answer_guard();

CREATE FUNCTION evidence_seal_answers_counted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  r record;
  needed int;
  yes int;
  open_still int;
BEGIN
  SELECT * INTO r FROM evidence_sealrequest WHERE id = NEW.request_id;
  SELECT threshold INTO needed FROM evidence_seal WHERE id = r.seal_id;
  SELECT count(*) FILTER (WHERE a.approved), count(*) FILTER (WHERE a.approved IS NULL) INTO yes, open_still
    FROM evidence_custodian c LEFT JOIN evidence_sealanswer a ON a.custodian_id = c.id AND a.request_id = r.id
   WHERE c.seal_id = r.seal_id AND c.replaced_at IS NULL AND c.user_id <> r.requested_by_id;
  IF yes >= needed THEN
    UPDATE evidence_sealrequest SET state = 'granted', decided_at = clock_timestamp(), open_until = clock_timestamp() + interval '72 hours' WHERE id = r.id;
  ELSIF yes + open_still < needed THEN
    UPDATE evidence_sealrequest SET state = 'refused', decided_at = clock_timestamp() WHERE id = r.id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER seal_answers_counted AFTER INSERT ON evidence_sealanswer FOR EACH ROW EXECUTE FUNCTION evidence_seal_answers_counted();
"""

# What was sealed is handed out under an agreement only, and its names are sealed with it.
DOORS = """
CREATE FUNCTION evidence_custody_of_sealed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  in_force bigint;
BEGIN
  SELECT s.id INTO in_force FROM evidence_seal s WHERE s.item_id = NEW.item_id AND s.state IN ('sealing', 'sealed');
  IF FOUND AND (NEW.act <> 'opened' OR NOT evidence_agreed(in_force, 'open')) THEN
    RAISE EXCEPTION 'sealed content is opened by agreement of its custodians only' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER custody_of_sealed BEFORE INSERT ON evidence_custodyentry FOR EACH ROW
  WHEN (NEW.file_id IS NOT NULL AND NEW.act IN ('opened', 'copied', 'exported')) EXECUTE FUNCTION evidence_custody_of_sealed();

DROP TRIGGER fixed_at_receipt ON evidence_storedfile;
CREATE TRIGGER fixed_at_receipt BEFORE UPDATE ON evidence_storedfile FOR EACH ROW
  WHEN ((to_jsonb(OLD) - 'audience' - 'integrity' - 'checked_at' - 'name' - 'name_given') IS DISTINCT FROM (to_jsonb(NEW) - 'audience' - 'integrity' - 'checked_at' - 'name' - 'name_given')
     OR (current_user <> 'norms_definer' AND (OLD.name, OLD.name_given) IS DISTINCT FROM (NEW.name, NEW.name_given)))
  EXECUTE FUNCTION refuse_change();
CREATE FUNCTION evidence_name_file(of_file bigint, new_name text, new_given text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE evidence_storedfile f SET name = new_name, name_given = new_given FROM evidence_seal s
   WHERE f.id = of_file AND s.item_id = f.item_id AND ((s.state = 'sealing' AND s.organisation_id = ANY (app_orgs()))
      OR (s.state = 'sealed' AND evidence_agreed(s.id, 'unseal')));
  RETURN FOUND;
END $$;
CREATE FUNCTION evidence_no_file_for_sealed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF (SELECT sealed FROM evidence_evidenceitem WHERE id = NEW.item_id) THEN
    RAISE EXCEPTION 'a sealed item takes no file' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER no_file_for_sealed BEFORE INSERT ON evidence_storedfile FOR EACH ROW EXECUTE FUNCTION evidence_no_file_for_sealed();
"""

OWNERS = "".join(
    f"ALTER FUNCTION {name}() OWNER TO norms_definer;"
    for name in (
        "evidence_seal_guard", "evidence_seal_kept", "evidence_sealed_file_guard", "evidence_custodian_guard", "evidence_enough_custodians",
        "evidence_forget_share", "evidence_seal_request_guard", "evidence_forget_released", "evidence_seal_answer_guard",
        "evidence_seal_answers_counted", "evidence_custody_of_sealed", "evidence_no_file_for_sealed",
    )
) + "".join(
    rls.definer(signature)
    for signature in (
        "evidence_agreed(bigint, text)", "evidence_possible_custodians(bigint)", "evidence_plaintext_needed(bigint)",
        "evidence_place_share(bigint, int, int, bytea)", "evidence_release_share(bigint, bytea)", "evidence_name_file(bigint, text, text)",
    )
)  # fmt: skip

SEES = f"audience && {rls.ORGS}"
NOBODY = "false"  # placed by the database's own functions
MINE_ALONE = f"({SEES}) AND user_id = {rls.ME}"
HOUSE = f"organisation_id = ANY ({rls.ORGS})"




class Migration(migrations.Migration):

    dependencies = [
        ('evidence', '0006_arriving'),
        ('incidents', '0003_activity_by_verb'),
        ('organisations', '0002_walls'),
        ('sealing', '0001_keys'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Custodian',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public', models.BinaryField(max_length=32)),
                ('fingerprint', models.CharField(max_length=64)),
                ('named_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('replaced_at', models.DateTimeField(editable=False, null=True)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='ReleasedShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('box', models.BinaryField(max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('threshold', models.PositiveSmallIntegerField(verbose_name='how many must agree')),
                ('title', models.CharField(max_length=200, verbose_name='title for others')),
                ('summary', models.TextField(verbose_name='summary for others')),
                ('reason', models.TextField(verbose_name='why it is sealed')),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('state', models.CharField(choices=[('sealing', 'Being sealed'), ('sealed', 'Sealed'), ('unsealed', 'Unsealed')], default='sealing', max_length=8)),
                ('problem', models.CharField(blank=True, help_text='Why sealing did not end yet.', max_length=20)),
                ('sealed_at', models.DateTimeField(editable=False, null=True)),
                ('unsealed_at', models.DateTimeField(editable=False, null=True)),
                ('generation', models.PositiveSmallIntegerField(default=1, help_text='Which set of shares is in force.')),
                ('key_check', models.CharField(blank=True, help_text='Tells the right key from a wrong one.', max_length=64)),
                ('facts', models.BinaryField(null=True)),
                ('lacking', models.JSONField(default=list, help_text='What the item lacked under the standard when it was sealed.')),
            ],
        ),
        migrations.CreateModel(
            name='SealAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('approved', models.BooleanField()),
                ('reason', models.TextField(verbose_name='reason')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='SealedFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(editable=False, max_length=200)),
                ('sha256', models.CharField(max_length=64)),
                ('size', models.BigIntegerField()),
                ('plaintext_removed_at', models.DateTimeField(editable=False, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='SealRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('open', 'Open for me'), ('unseal', 'End the seal'), ('reshare', 'Replace a custodian')], max_length=7)),
                ('purpose', models.TextField(verbose_name='what for')),
                ('public', models.BinaryField(max_length=32)),
                ('fingerprint', models.CharField(max_length=64)),
                ('generation', models.PositiveSmallIntegerField()),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('expires_at', models.DateTimeField(verbose_name='ends without an answer')),
                ('state', models.CharField(choices=[('pending', 'Waiting for custodians'), ('granted', 'Agreed'), ('refused', 'Refused'), ('expired', 'Expired'), ('ended', 'Ended'), ('done', 'Carried out')], default='pending', max_length=9)),
                ('decided_at', models.DateTimeField(editable=False, null=True)),
                ('open_until', models.DateTimeField(editable=False, null=True)),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='custodyentry',
            name='custody_act',
        ),
        migrations.AddField(
            model_name='evidenceitem',
            name='sealed',
            field=models.BooleanField(default=False, editable=False, help_text='Kept by the database: whether a seal is in force.', verbose_name='sealed'),
        ),
        migrations.AlterField(
            model_name='custodyentry',
            name='act',
            field=models.CharField(choices=[('received', 'Received'), ('stored', 'Stored'), ('opened', 'Opened'), ('copied', 'Copied'), ('released', 'Released to another side'), ('accepted', 'Accepted from another side'), ('refused', 'Receipt refused'), ('returned', 'Came back without a receipt'), ('exported', 'Exported'), ('verified', 'Checked against its hash'), ('frozen', 'Frozen'), ('restored', 'Taken back into use'), ('withdrawn', 'Withdrawn'), ('sealed', 'Sealed'), ('asked', 'Asked to open the seal'), ('agreed', 'Agreed to open the seal'), ('declined', 'Refused to open the seal'), ('reshared', 'Custodian of the seal replaced'), ('unsealed', 'Unsealed'), ('disposed', 'Disposed of')], max_length=10, verbose_name='what'),
        ),
        migrations.AddConstraint(
            model_name='custodyentry',
            constraint=models.CheckConstraint(condition=models.Q(('act__in', ['received', 'stored', 'opened', 'copied', 'released', 'accepted', 'refused', 'returned', 'exported', 'verified', 'frozen', 'restored', 'withdrawn', 'sealed', 'unsealed', 'asked', 'agreed', 'declined', 'reshared', 'disposed'])), name='custody_act'),
        ),
        migrations.AddField(
            model_name='custodian',
            name='incident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='incidents.incident'),
        ),
        migrations.AddField(
            model_name='custodian',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation'),
        ),
        migrations.AddField(
            model_name='custodian',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='releasedshare',
            name='custodian',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evidence.custodian'),
        ),
        migrations.AddField(
            model_name='releasedshare',
            name='incident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='incidents.incident'),
        ),
        migrations.AddField(
            model_name='releasedshare',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='seal',
            name='incident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='incidents.incident'),
        ),
        migrations.AddField(
            model_name='seal',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seals', to='evidence.evidenceitem'),
        ),
        migrations.AddField(
            model_name='seal',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation'),
        ),
        migrations.AddField(
            model_name='seal',
            name='sealed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='custodian',
            name='seal',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='custodians', to='evidence.seal'),
        ),
        migrations.AddField(
            model_name='sealanswer',
            name='custodian',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='evidence.custodian'),
        ),
        migrations.AddField(
            model_name='sealanswer',
            name='incident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='incidents.incident'),
        ),
        migrations.AddField(
            model_name='sealedfile',
            name='file',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sealings', to='evidence.storedfile'),
        ),
        migrations.AddField(
            model_name='sealedfile',
            name='incident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='incidents.incident'),
        ),
        migrations.AddField(
            model_name='sealedfile',
            name='seal',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='evidence.seal'),
        ),
        migrations.AddField(
            model_name='sealrequest',
            name='arriving',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sealrequest',
            name='arriving_organisation',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation'),
        ),
        migrations.AddField(
            model_name='sealrequest',
            name='incident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='incidents.incident'),
        ),
        migrations.AddField(
            model_name='sealrequest',
            name='leaving',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evidence.custodian'),
        ),
        migrations.AddField(
            model_name='sealrequest',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation'),
        ),
        migrations.AddField(
            model_name='sealrequest',
            name='requested_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sealrequest',
            name='seal',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='evidence.seal'),
        ),
        migrations.AddField(
            model_name='sealanswer',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='evidence.sealrequest'),
        ),
        migrations.AddField(
            model_name='releasedshare',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='released', to='evidence.sealrequest'),
        ),
        migrations.CreateModel(
            name='Share',
            fields=[
                ('custodian', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='share', serialize=False, to='evidence.custodian')),
                ('generation', models.PositiveSmallIntegerField()),
                ('number', models.PositiveSmallIntegerField()),
                ('box', models.BinaryField(max_length=200)),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='incidents.incident')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddConstraint(
            model_name='seal',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['sealing', 'sealed'])), fields=('item',), name='seal_one_in_force'),
        ),
        migrations.AddConstraint(
            model_name='seal',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['sealing', 'sealed', 'unsealed'])), name='seal_state'),
        ),
        migrations.AddConstraint(
            model_name='seal',
            constraint=models.CheckConstraint(condition=models.Q(('threshold__gte', 2)), name='seal_needs_two'),
        ),
        migrations.AddConstraint(
            model_name='seal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('summary', ''), _negated=True), models.Q(('title', ''), _negated=True), models.Q(('reason', ''), _negated=True)), name='seal_summary_given'),
        ),
        migrations.AddConstraint(
            model_name='seal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('facts__isnull', True), ('sealed_at__isnull', True), ('state', 'sealing')), models.Q(models.Q(('state', 'sealing'), _negated=True), ('facts__isnull', False), ('sealed_at__isnull', False), models.Q(('key_check', ''), _negated=True)), _connector='OR'), name='seal_whole'),
        ),
        migrations.AddConstraint(
            model_name='seal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'unsealed'), ('unsealed_at__isnull', False)), models.Q(models.Q(('state', 'unsealed'), _negated=True), ('unsealed_at__isnull', True)), _connector='OR'), name='seal_unsealed_has_date'),
        ),
        migrations.AddConstraint(
            model_name='custodian',
            constraint=models.UniqueConstraint(condition=models.Q(('replaced_at__isnull', True)), fields=('seal', 'organisation'), name='custodian_one_each'),
        ),
        migrations.AddConstraint(
            model_name='custodian',
            constraint=models.UniqueConstraint(condition=models.Q(('replaced_at__isnull', True)), fields=('seal', 'user'), name='custodian_person_once'),
        ),
        migrations.AddConstraint(
            model_name='sealedfile',
            constraint=models.UniqueConstraint(fields=('seal', 'file'), name='sealed_file_once'),
        ),
        migrations.AddConstraint(
            model_name='sealedfile',
            constraint=models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$')), name='sealed_file_sha256'),
        ),
        migrations.AddConstraint(
            model_name='sealedfile',
            constraint=models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='sealed_file_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='sealrequest',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'granted', 'refused', 'expired', 'ended', 'done'])), name='seal_request_state'),
        ),
        migrations.AddConstraint(
            model_name='sealrequest',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['open', 'unseal', 'reshare'])), name='seal_request_kind'),
        ),
        migrations.AddConstraint(
            model_name='sealrequest',
            constraint=models.CheckConstraint(condition=models.Q(('purpose', ''), _negated=True), name='seal_request_purpose'),
        ),
        migrations.AddConstraint(
            model_name='sealrequest',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('asked_at'))), name='seal_request_ends'),
        ),
        migrations.AddConstraint(
            model_name='sealrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'granted'), _negated=True), ('open_until__isnull', False), _connector='OR'), name='seal_request_granted_ends'),
        ),
        migrations.AddConstraint(
            model_name='sealrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('arriving__isnull', False), ('arriving_organisation__isnull', False), ('kind', 'reshare'), ('leaving__isnull', False)), models.Q(models.Q(('kind', 'reshare'), _negated=True), ('arriving__isnull', True), ('arriving_organisation__isnull', True), ('leaving__isnull', True)), _connector='OR'), name='seal_request_reshare_whole'),
        ),
        migrations.AddConstraint(
            model_name='sealanswer',
            constraint=models.UniqueConstraint(fields=('request', 'custodian'), name='seal_answer_once'),
        ),
        migrations.AddConstraint(
            model_name='sealanswer',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='seal_answer_reason'),
        ),
        migrations.AddConstraint(
            model_name='releasedshare',
            constraint=models.UniqueConstraint(fields=('request', 'custodian'), name='released_once'),
        ),
        rls.sql(SAME_CASE),
        case_child("evidence_seal", grade="evidence", add=f"({SEES}) AND {HOUSE} AND sealed_by_id = {rls.ME}"),
        case_child("evidence_sealedfile", grade="evidence"),
        case_child("evidence_custodian", grade="evidence"),
        case_child("evidence_share", grade="evidence", read=MINE_ALONE, add=NOBODY, edit=None),
        case_child("evidence_sealrequest", grade="evidence", add=f"({SEES}) AND {HOUSE} AND requested_by_id = {rls.ME}"),
        case_child("evidence_sealanswer", grade="evidence", edit=None),
        case_child("evidence_releasedshare", grade="evidence", read=MINE_ALONE, add=NOBODY, edit=None),
        append_only_child("evidence_sealanswer"),
        rls.sql(HELPERS),
        rls.sql(SEALS),
        rls.sql(CUSTODIANS),
        rls.sql(REQUESTS),
        rls.sql(DOORS),
        rls.sql(OWNERS),
    ]
