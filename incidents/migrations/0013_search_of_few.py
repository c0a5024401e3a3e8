"""Search by somebody who sees few cases asks the index for all of them: the planner, who cannot know how few, walked every case."""

from django.db import migrations

from core import rls

# The planner knows how often an organisation stands in `audience` only when that is often. For others it guesses, and for a
# common word it may then walk the cases newest first, past a million that are not theirs. Whoever reaches at most a
# thousand has few hits: they are found by the index first, all of them, and sorted after (`AS MATERIALIZED` holds it to that).
SEARCH = """
CREATE OR REPLACE FUNCTION incident_search(words text, of_sector text, of_country text, of_status text, at_most int, before_filed timestamptz, before_id bigint)
RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $f$
DECLARE
  newest text := format(' ORDER BY filed_at DESC, id DESC LIMIT %s', at_most);
  hits text := format('SELECT i.id, i.filed_at FROM incidents_incident i WHERE i.search @@ websearch_to_tsquery(''simple'', %L) AND i.audience && %L::int[]', words, app_orgs())
    || CASE WHEN before_filed IS NULL THEN '' ELSE format(' AND (i.filed_at, i.id) < (%L::timestamptz, %L::bigint)', before_filed, before_id) END
    || CASE WHEN of_status = '' THEN '' ELSE format(' AND i.status = %L', of_status) END
    || CASE WHEN of_sector = '' THEN '' ELSE format(' AND EXISTS (SELECT FROM incidents_victim v WHERE v.incident_id = i.id AND v.sector = %L)', of_sector) END
    || CASE WHEN of_country = '' THEN '' ELSE format(' AND EXISTS (SELECT FROM incidents_victim v WHERE v.incident_id = i.id AND v.country = %L)', of_country) END;
BEGIN
  PERFORM FROM unnest(app_orgs()) o(number), LATERAL (SELECT FROM incidents_access a WHERE a.principal = o.number LIMIT 1001) x OFFSET 1000 LIMIT 1;
  IF FOUND THEN
    RETURN QUERY EXECUTE 'SELECT id FROM (' || hits || newest || ') found';
  ELSE
    RETURN QUERY EXECUTE 'WITH found AS MATERIALIZED (' || hits || ') SELECT id FROM found' || newest;
  END IF;
END $f$;
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0012_blind")]
    operations = [rls.sql(SEARCH)]
