"""Which open tasks name a member: the administrators of their house are told of those in cases they may not see, too (SHR-2)."""

from django.db import migrations

from core import rls

TASKS = """
CREATE FUNCTION remediation_tasks_of(person int, house int) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT t.id FROM remediation_remediationtask t
   WHERE t.person_id = person AND t.organisation_id = house AND house = ANY (app_orgs())
     AND t.status IN ('proposed', 'agreed', 'in_progress', 'done')
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("remediation", "0002_walls"), ("organisations", "0002_walls")]
    operations = [rls.sql(TASKS), rls.sql(rls.definer("remediation_tasks_of(int, int)"))]
