"""A guest whose own grant carries the right to export opens originals: the link of custody and the entry of the ledger are written for
them, by one function that asks the grant, the mark of time and the seal itself (SHR-2, R1.13)."""

from django.db import migrations

from core import rls

# A guest is of no house, so no policy lets them write. What is written is theirs, in the name of the house that invited them.
OPENS = """
CREATE FUNCTION evidence_guest_opens(of_file bigint, seen text, purpose text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  f record;
  house int;
  link text;
BEGIN
  SELECT s.id, s.item_id, s.incident_id, s.sha256, e.number, e.sealed, e.status INTO f
    FROM evidence_storedfile s JOIN evidence_evidenceitem e ON e.id = s.item_id WHERE s.id = of_file;
  SELECT g.organisation_id INTO house FROM incidents_incidentuserpermission g JOIN auth_permission p ON p.id = g.permission_id
   WHERE g.content_object_id = f.incident_id AND g.user_id = app_user() AND g.may_export AND grade_number(p.codename) >= 20
     AND g.until > clock_timestamp() AND g.organisation_id = ANY (app_guest_houses())
   LIMIT 1;
  IF house IS NULL OR f.sha256 IS DISTINCT FROM seen OR f.sealed OR f.status <> 'held' OR btrim(purpose) = '' THEN
    RETURN NULL;
  END IF;
  INSERT INTO evidence_custodyentry (incident_id, item_id, file_id, act, actor_id, organisation_id, sha256_seen, note)
    VALUES (f.incident_id, f.item_id, f.id, 'opened', app_user(), house, seen, purpose) RETURNING hash INTO link;
  INSERT INTO ledger_entry (verb, subject_type, subject_id, root_id, actor_id, organisation_id, payload, instruments)
    VALUES ('evidence.opened', 'evidence.storedfile', f.id::text, f.incident_id, app_user(), house,
            format('{"custody":"%s","item":"E-%s","sha256":"%s"}', link, f.number, f.sha256), '{}');
  RETURN link;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("evidence", "0014_custodians_leave"), ("incidents", "0010_graded"), ("ledger", "0004_looks")]
    operations = [rls.sql(OPENS), rls.sql(rls.definer("evidence_guest_opens(bigint, text, text)"))]
