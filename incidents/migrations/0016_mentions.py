"""Who is meant by a name written with @: only people and organisations that may see the case now, asked by somebody who sees it."""

from django.db import migrations

from core import rls

# Gives numbers, never names, and nothing about anybody who may not see the case. While names are hidden names mean nobody.
MENTIONED = """
CREATE FUNCTION incident_mentioned(of_case bigint, names text[], handles int[], of_grade int) RETURNS TABLE (principal int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  WITH seen AS (
    SELECT i.id, i.blind FROM incidents_incident i WHERE i.id = of_case AND i.audience && app_orgs()
  ), reached AS (
    SELECT a.principal FROM incidents_access a JOIN seen ON a.incident_id = seen.id
     WHERE a.grade >= of_grade AND (a.until IS NULL OR a.until > clock_timestamp())
  )
  SELECT o.id FROM seen, organisations_organisation o
   WHERE CASE WHEN seen.blind THEN o.id = ANY (handles) ELSE lower(o.slug) = ANY (names) END
     AND EXISTS (SELECT FROM organisations_rolegroup g JOIN reached r ON r.principal = g.principal WHERE g.organisation_id = o.id)
  UNION
  SELECT u.id FROM seen, organisations_user u
   WHERE u.is_active AND NOT u.is_system
     AND CASE WHEN seen.blind THEN u.id = ANY (handles) ELSE lower(replace(u.name, ' ', '.')) = ANY (names) END
     AND notifications_principals(u.id) && ARRAY(SELECT r.principal FROM reached r)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0015_recall_without_names"), ("notifications", "0002_walls")]

    operations = [rls.sql(MENTIONED + rls.definer("incident_mentioned(bigint, text[], int[], int)"))]
