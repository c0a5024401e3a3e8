"""A member of a panel who leaves their house: what the house is told of the seat, and giving it up before the round opens (SHR-2, ATT-7)."""

from django.db import migrations

from core import rls

SEATS = """
-- Seats a member holds for the house one acts for, on panels that are not closed. The house was offered the seat with the case's
-- reference, and sees the seat itself; whether an opinion was given is not told. `passes`: no opinion can have been given yet.
CREATE FUNCTION attribution_seats_of(person int, house int) RETURNS TABLE (
  seat_id bigint, holder_id int, reference text, panel_id bigint, seat_number int, seat_code text, passes boolean
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT s.id, i.holder_id, i.reference::text, p.id, s.number, s.seat::text, p.state = 'inviting'
    FROM attribution_seat s JOIN attribution_panel p ON p.id = s.panel_id JOIN incidents_incident i ON i.id = s.incident_id
   WHERE s.member_id = person AND s.organisation_id = house AND house = ANY (app_orgs()) AND s.conflict = 'none'
     AND s.recused_at IS NULL AND p.state <> 'closed'
   ORDER BY s.id
$$;
-- Who holds the case of a seat that was offered to the house one acts for: whoever is told that it is empty.
CREATE FUNCTION attribution_holder_of_seat(of_seat bigint) RETURNS int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT i.holder_id FROM attribution_seat s JOIN incidents_incident i ON i.id = s.incident_id
   WHERE s.id = of_seat AND (s.organisation_id = ANY (app_orgs()) OR i.evidence_audience && app_orgs())
$$;
-- A house gives a seat of its member up while seats are still being filled; what the seat had opened closes with it.
CREATE FUNCTION attribution_vacate_seat(of_seat bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s record;
BEGIN
  SELECT q.*, p.state INTO s FROM attribution_seat q JOIN attribution_panel p ON p.id = q.panel_id
   WHERE q.id = of_seat AND q.organisation_id = ANY (app_orgs()) AND q.conflict = 'none' AND q.recused_at IS NULL FOR UPDATE OF q, p;
  IF NOT FOUND OR s.state <> 'inviting' THEN
    RETURN false;
  END IF;
  UPDATE attribution_seat SET recused_at = clock_timestamp(), recused_reason = 'passed_on' WHERE id = s.id;
  DELETE FROM incidents_incidentuserpermission g WHERE g.content_object_id = s.incident_id AND g.user_id = s.member_id
     AND g.reason = 'Panel seat S-' || s.number;
  RETURN true;
END $$;
"""
OWNERS = "".join(
    rls.definer(signature)
    for signature in ("attribution_seats_of(int, int)", "attribution_holder_of_seat(bigint)", "attribution_vacate_seat(bigint)")
)

# Seats were given before a grant in a person's name said for which organisation it stands: it is the one that sent them.
YESTERDAY = """
DO $$
BEGIN
  -- An empty installation has no seats, and no privileges yet: they are set after its first migration.
  IF NOT has_table_privilege('norms_definer', 'incidents_incidentuserpermission', 'UPDATE') THEN
    RETURN;
  END IF;
  -- Tables made in this same run have none yet either.
  GRANT SELECT, UPDATE ON incidents_incidentuserpermission, incidents_pastgrant TO norms_definer;
  GRANT SELECT ON attribution_seat TO norms_definer;
  SET LOCAL ROLE norms_definer;
  UPDATE incidents_incidentuserpermission g SET organisation_id = s.organisation_id FROM attribution_seat s
   WHERE g.organisation_id IS NULL AND g.content_object_id = s.incident_id AND g.user_id = s.member_id
     AND g.reason = 'Panel seat S-' || s.number;
  UPDATE incidents_pastgrant g SET organisation_id = s.organisation_id FROM attribution_seat s
   WHERE g.organisation_id IS NULL AND g.incident_id = s.incident_id AND g.user_id = s.member_id
     AND g.reason = 'Panel seat S-' || s.number;
  RESET ROLE;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("attribution", "0010_follows_the_holder"), ("incidents", "0010_graded"), ("organisations", "0006_guests")]
    operations = [rls.sql(SEATS), rls.sql(OWNERS), rls.sql(YESTERDAY)]
