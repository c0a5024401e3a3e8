"""A custodian who leaves their house: what of seals hangs on them, and that no seal is left with fewer who can agree than must (SHR-2, SHR-4)."""

from django.db import migrations

from core import rls

# Whoever could agree today: still belongs to the house they hold the share for, with the key it was closed for, and the house
# (or they) may see the evidence. A suspended member can be let in again and counts; somebody who left does not.
ABLE = """
CREATE FUNCTION evidence_custodian_able(of_custodian bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM evidence_custodian c
      JOIN incidents_incident i ON i.id = c.incident_id
      CROSS JOIN LATERAL (SELECT principals_of(i.evidence_audience) AS numbers) r
      JOIN organisations_membership m ON m.user_id = c.user_id AND m.organisation_id = c.organisation_id
       AND (m.until IS NULL OR m.until > clock_timestamp()) AND NOT m.roles @> ARRAY['guest']::varchar[]
      JOIN organisations_user u ON u.id = c.user_id AND u.is_active
      JOIN sealing_sealingkey k ON k.user_id = c.user_id AND k.retired_at IS NULL AND k.fingerprint = c.fingerprint
     WHERE c.id = of_custodian AND c.replaced_at IS NULL
       AND (c.organisation_id = ANY (r.numbers) OR c.user_id = ANY (r.numbers) OR EXISTS (
         SELECT FROM organisations_rolegroup g WHERE g.organisation_id = c.organisation_id AND g.role = ANY (m.roles)
            AND g.principal = ANY (r.numbers))))
$$;
-- How many custodians of a seal could agree, without one of them.
CREATE FUNCTION evidence_able_without(of_seal bigint, without bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT count(*) FROM evidence_custodian c
   WHERE c.seal_id = of_seal AND c.replaced_at IS NULL AND c.id <> without AND evidence_custodian_able(c.id)
$$;
"""

HELD = """
-- What of seals hangs on a member: shares, requests that wait for their answer, requests of their own. For the house they act
-- for. `reference` and `label` only for whoever may see the evidence; `needed`: without them too few are left who can agree;
-- `lost`: without them the request cannot be granted any more.
CREATE FUNCTION evidence_seals_of(person int, house int) RETURNS TABLE (
  what text, seal_id bigint, custodian_id bigint, request_id bigint, sealer int, reference text, label text, needed boolean, lost boolean
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  WITH mine AS (
    SELECT s.id AS seal, s.threshold, s.organisation_id AS sealer, c.id AS custodian, s.item_id, evidence_able_without(s.id, c.id) AS others,
           evidence_custodian_able(c.id) AS able
      FROM evidence_custodian c JOIN evidence_seal s ON s.id = c.seal_id
     WHERE c.user_id = person AND c.organisation_id = house AND house = ANY (app_orgs()) AND c.replaced_at IS NULL
       AND s.state IN ('sealing', 'sealed')
  ), found AS (
    SELECT 'share' AS what, seal, custodian, NULL::bigint AS request, sealer, item_id,
           able AND others < threshold AND others + 1 >= threshold AS needed, false AS lost
      FROM mine
    UNION ALL
    SELECT 'answer', m.seal, m.custodian, r.id, m.sealer, m.item_id, false,
           (SELECT count(*) FILTER (WHERE a.approved OR (a.approved IS NULL AND c.id <> m.custodian AND evidence_custodian_able(c.id))) < m.threshold
              FROM evidence_custodian c LEFT JOIN evidence_sealanswer a ON a.custodian_id = c.id AND a.request_id = r.id
             WHERE c.seal_id = m.seal AND c.replaced_at IS NULL AND c.user_id <> r.requested_by_id)
      FROM mine m JOIN evidence_sealrequest r ON r.seal_id = m.seal AND r.state = 'pending' AND r.expires_at > clock_timestamp()
     WHERE r.requested_by_id <> person
       AND NOT EXISTS (SELECT FROM evidence_sealanswer a WHERE a.request_id = r.id AND a.custodian_id = m.custodian)
    UNION ALL
    SELECT 'request', s.id, NULL, r.id, s.organisation_id, s.item_id, false, true
      FROM evidence_sealrequest r JOIN evidence_seal s ON s.id = r.seal_id
     WHERE r.requested_by_id = person AND r.organisation_id = house AND house = ANY (app_orgs()) AND r.state IN ('pending', 'granted')
       AND coalesce(r.open_until, r.expires_at) > clock_timestamp()
  )
  SELECT f.what, f.seal, f.custodian, f.request, f.sealer,
         CASE WHEN i.evidence_audience && app_orgs() THEN i.reference::text END,
         CASE WHEN i.evidence_audience && app_orgs() THEN 'E-' || e.number END, f.needed, f.lost
    FROM found f JOIN evidence_evidenceitem e ON e.id = f.item_id JOIN incidents_incident i ON i.id = e.incident_id
   ORDER BY f.what, f.seal, f.request
$$;
"""

# Two who leave two houses at one moment wait for each other at the seal.
LEAVING = """
CREATE FUNCTION evidence_custodian_leaves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  held record;
BEGIN
  FOR held IN
    SELECT s.id AS seal, s.threshold, c.id AS custodian FROM evidence_custodian c JOIN evidence_seal s ON s.id = c.seal_id
     WHERE c.user_id = OLD.user_id AND c.organisation_id = OLD.organisation_id AND c.replaced_at IS NULL AND s.state IN ('sealing', 'sealed')
     ORDER BY s.id FOR UPDATE OF s
  LOOP
    IF evidence_custodian_able(held.custodian) AND evidence_able_without(held.seal, held.custodian) = held.threshold - 1 THEN
      RAISE EXCEPTION 'without this custodian fewer are left than must agree' USING ERRCODE = 'check_violation';
    END IF;
  END LOOP;
  RETURN NEW;
END $$;
CREATE TRIGGER custodian_leaves BEFORE UPDATE OF until ON organisations_membership FOR EACH ROW
  WHEN (NEW.until IS NOT NULL AND NEW.until <= clock_timestamp() AND (OLD.until IS NULL OR OLD.until > clock_timestamp()))
  EXECUTE FUNCTION evidence_custodian_leaves();
ALTER FUNCTION evidence_custodian_leaves() OWNER TO norms_definer;
"""
# Nobody waits for the answer of a custodian who cannot give one any more.
COUNTED = """
CREATE OR REPLACE FUNCTION evidence_seal_answers_counted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  r record;
  needed int;
  yes int;
  open_still int;
BEGIN
  SELECT * INTO r FROM evidence_sealrequest WHERE id = NEW.request_id;
  SELECT threshold INTO needed FROM evidence_seal WHERE id = r.seal_id;
  SELECT count(*) FILTER (WHERE a.approved), count(*) FILTER (WHERE a.approved IS NULL AND evidence_custodian_able(c.id)) INTO yes, open_still
    FROM evidence_custodian c LEFT JOIN evidence_sealanswer a ON a.custodian_id = c.id AND a.request_id = r.id
   WHERE c.seal_id = r.seal_id AND c.replaced_at IS NULL AND c.user_id <> r.requested_by_id;
  IF yes >= needed THEN
    UPDATE evidence_sealrequest SET state = 'granted', decided_at = clock_timestamp(), open_until = clock_timestamp() + interval '72 hours' WHERE id = r.id;
  ELSIF yes + open_still < needed THEN
    UPDATE evidence_sealrequest SET state = 'refused', decided_at = clock_timestamp() WHERE id = r.id;
  END IF;
  RETURN NULL;
END $$;
"""
OWNERS = (
    rls.definer("evidence_custodian_able(bigint)", to="norms_definer")
    + rls.definer("evidence_able_without(bigint, bigint)", to="norms_definer")
    + rls.definer("evidence_seals_of(int, int)")
)


class Migration(migrations.Migration):
    dependencies = [("evidence", "0013_pap"), ("organisations", "0006_guests"), ("sealing", "0001_keys")]
    operations = [rls.sql(ABLE), rls.sql(HELD), rls.sql(LEAVING), rls.sql(COUNTED), rls.sql(OWNERS)]
