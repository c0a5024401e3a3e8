"""Looks through a preview are written down as its viewer's, with as whom they looked (SHR-1, SHR-2)."""

from django.db import migrations

from core import rls

# Who looks through a preview is nobody to the database; the preview itself says whose look it is, and as whom.
NOTE = """
CREATE FUNCTION incidents_look_through(of_preview bigint, act text, door text, what text, subject text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO ledger_look (actor_id, organisation_id, holder_id, root_id, act, door, what, subject, as_organisation_id, as_person_id, as_roles)
    SELECT v.viewer_id, v.viewer_organisation_id, i.holder_id, i.id, act, door, what, subject, v.organisation_id, v.person_id,
           left(array_to_string(v.roles, ' '), 200)
      FROM incidents_preview v JOIN incidents_incident i ON i.id = v.incident_id
     WHERE v.id = of_preview AND v.number = ANY (app_orgs()) AND v.ended_at IS NULL AND v.until > clock_timestamp();
  IF NOT FOUND THEN
    RAISE EXCEPTION 'what could not be written down was not shown' USING ERRCODE = 'check_violation';
  END IF;
  RETURN true;
END $$;

-- Nobody says so of themselves: what the application writes is a look of one's own, for one's house or the one that invited.
DROP POLICY tenant_add ON ledger_look;
CREATE POLICY tenant_add ON ledger_look FOR INSERT TO norms_app
  WITH CHECK (actor_id = (SELECT app_user()) AND as_organisation_id IS NULL
    AND (organisation_id = ANY ((SELECT app_orgs())::int[]) OR organisation_id = ANY ((SELECT app_guest_houses())::int[])));
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0013_search_of_few"), ("ledger", "0005_looks_as_somebody"), ("organisations", "0006_guests")]
    operations = [rls.sql(NOTE), rls.sql(rls.definer("incidents_look_through(bigint, text, text, text, text)"))]
