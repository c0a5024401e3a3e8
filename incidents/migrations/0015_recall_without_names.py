"""Shares to recall of cases worked without names are told by their case and not by who lapsed (SHR-1, SHR-3)."""

from django.db import migrations

from core import rls

LAPSED = """
CREATE OR REPLACE FUNCTION incidents_lapsed_shares() RETURNS TABLE (holder_id int, organisation_id int, lapsed timestamptz, shares bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT g.holder_principal, r.organisation_id, max(s.until), count(*)
    FROM organisations_rolegroup r JOIN organisations_organisation o ON o.id = r.organisation_id AND NOT o.is_secretariat
    LEFT JOIN accreditation_standing s ON s.organisation_id = r.organisation_id
    JOIN incidents_incidentgrouppermission g ON g.group_id = r.group_id
    JOIN incidents_incident i ON i.id = g.content_object_id AND NOT i.blind
    JOIN auth_permission p ON p.id = g.permission_id AND grade_number(p.codename) >= 20
   WHERE (s.until IS NULL OR s.until <= clock_timestamp()) AND (g.until IS NULL OR g.until > clock_timestamp())
     AND EXISTS (SELECT FROM organisations_user u WHERE u.id = app_user() AND u.is_system)
   GROUP BY 1, 2
$$;
-- The same for cases without names, case by case: `said` changes when there is something new to think about.
CREATE FUNCTION incidents_lapsed_blind_shares() RETURNS TABLE (holder_id int, incident_id bigint, reference text, mark text, shares bigint, said text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT i.holder_id, i.id, i.reference::text, i.mark::text, count(*), max(g.id) || '/' || count(*)
    FROM organisations_rolegroup r JOIN organisations_organisation o ON o.id = r.organisation_id AND NOT o.is_secretariat
    LEFT JOIN accreditation_standing s ON s.organisation_id = r.organisation_id
    JOIN incidents_incidentgrouppermission g ON g.group_id = r.group_id
    JOIN incidents_incident i ON i.id = g.content_object_id AND i.blind
    JOIN auth_permission p ON p.id = g.permission_id AND grade_number(p.codename) >= 20
   WHERE (s.until IS NULL OR s.until <= clock_timestamp()) AND (g.until IS NULL OR g.until > clock_timestamp())
     AND EXISTS (SELECT FROM organisations_user u WHERE u.id = app_user() AND u.is_system)
   GROUP BY i.id
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0014_looks_in_a_preview"), ("accreditation", "0002_walls")]
    operations = [rls.sql(LAPSED), rls.sql(rls.definer("incidents_lapsed_blind_shares()"))]
