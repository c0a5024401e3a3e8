"""Who an audience means, where somebody is looked up in one: a share with an end stands there under a ticket (organisations 0006)."""

from django.db import migrations

from core import rls

LOOKED_UP = """
CREATE OR REPLACE FUNCTION evidence_possible_custodians(of_case bigint)
RETURNS TABLE (user_id int, user_name text, organisation_id int, organisation_name text, fingerprint text, roles text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  WITH reader AS (
    SELECT principals_of(i.evidence_audience) AS numbers FROM incidents_incident i
     WHERE i.id = of_case AND i.evidence_audience && app_orgs()
  )
  SELECT u.id, u.name::text, o.id, o.name::text, k.fingerprint::text, m.roles::text[]
    FROM reader r
    JOIN organisations_membership m ON (m.until IS NULL OR m.until > clock_timestamp()) AND NOT m.roles @> ARRAY['guest']::varchar[]
    JOIN organisations_user u ON u.id = m.user_id AND u.is_active
    JOIN organisations_organisation o ON o.id = m.organisation_id
    JOIN sealing_sealingkey k ON k.user_id = u.id AND k.retired_at IS NULL
   WHERE o.id = ANY (r.numbers) OR u.id = ANY (r.numbers) OR EXISTS (
       SELECT FROM organisations_rolegroup g WHERE g.organisation_id = o.id AND g.role = ANY (m.roles) AND g.principal = ANY (r.numbers))
   ORDER BY o.name, u.name
$$;

CREATE OR REPLACE FUNCTION evidence_transfer_addressed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
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
  IF NOT EXISTS (SELECT FROM organisations_rolegroup g WHERE g.organisation_id = NEW.to_organisation_id AND g.principal = ANY (principals_of(NEW.audience))) THEN
    RAISE EXCEPTION 'an item is released to a side that may see it' USING ERRCODE = 'check_violation';
  END IF;
  NEW.receipt_id := NULL;
  RETURN NEW;
END  $$;
"""


class Migration(migrations.Migration):
    dependencies = [("evidence", "0011_sealed_names"), ("organisations", "0006_guests")]
    operations = [rls.sql(LOOKED_UP)]
