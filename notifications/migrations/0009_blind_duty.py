"""A case in which organisations are hidden tells nobody whose duty contact to ask: that two houses share it is what it hides."""

from django.db import migrations

from core import rls

KNOWS = """
CREATE OR REPLACE FUNCTION notifications_knows(house int, of_case bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT (of_case IS NULL AND house = ANY (app_orgs())) OR EXISTS (
    SELECT FROM incidents_access mine JOIN incidents_access theirs ON theirs.incident_id = mine.incident_id
      JOIN organisations_rolegroup g ON g.principal = theirs.principal
      JOIN incidents_incident i ON i.id = mine.incident_id AND NOT i.blind
     WHERE mine.principal = ANY (app_orgs()) AND g.organisation_id = house AND (of_case IS NULL OR mine.incident_id = of_case)
       AND (mine.until IS NULL OR mine.until > clock_timestamp()) AND (theirs.until IS NULL OR theirs.until > clock_timestamp())
       AND (theirs.grade = 100 OR mine.grade >= 60))
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0008_forgetting"), ("incidents", "0012_blind")]
    operations = [rls.sql(KNOWS + rls.definer("notifications_knows(int, bigint)"))]
