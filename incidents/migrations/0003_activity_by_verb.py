"""A case's activity can be filtered by what was done, without reading all of it."""

from django.db import migrations

from core import rls

ACTIVITY = """
CREATE FUNCTION incident_activity(root bigint, at_most int, before bigint, of_verb text) RETURNS SETOF ledger_entry
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT e.* FROM ledger_entry e
   WHERE e.root_id = root AND (before IS NULL OR e.id < before) AND (of_verb = '' OR e.verb = of_verb)
     AND EXISTS (SELECT FROM incidents_incident i WHERE i.id = root AND i.evidence_audience && app_orgs())
   ORDER BY e.id DESC LIMIT at_most
$$;
DROP FUNCTION incident_activity(bigint, int, bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0002_walls"), ("ledger", "0002_walls")]
    operations = [rls.sql(ACTIVITY), rls.sql(rls.definer("incident_activity(bigint, int, bigint, text)"))]
