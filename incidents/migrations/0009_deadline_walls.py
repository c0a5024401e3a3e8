"""Changes of deadlines are seen with their case and never rewritten; a saved search is its owner's alone."""

from django.db import migrations

from core import rls
from incidents.tenancy import append_only_child, case_child

OWNERS = """
CREATE FUNCTION incidents_searches() RETURNS TABLE (search bigint, person int, house int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT s.id, s.user_id, s.organisation_id FROM incidents_savedsearch s JOIN organisations_user u ON u.id = s.user_id
   WHERE u.is_active ORDER BY s.user_id, s.organisation_id, s.id
$$;
"""
MINE = f"user_id = {rls.ME}"


class Migration(migrations.Migration):
    dependencies = [("incidents", "0008_deadlines")]
    operations = [
        case_child("incidents_deadlinechange", grade="summary", edit=None),
        append_only_child("incidents_deadlinechange"),
        rls.sql(OWNERS + rls.definer("incidents_searches()")),
        rls.secure("incidents_savedsearch", read=MINE, add=MINE, drop=MINE),
        rls.secure("incidents_searchmatch", read=MINE, add=MINE, drop=MINE),
    ]
