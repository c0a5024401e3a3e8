"""Who looked at a case and what was changed in it: for whoever holds it or oversees it now, whoever held it then."""

from django.db import migrations

from core import rls

OVERSEES = """EXISTS (SELECT FROM incidents_access a WHERE a.incident_id = root AND a.principal = ANY (app_orgs()) AND a.grade >= 60
                AND (a.until IS NULL OR a.until > clock_timestamp()))"""
# Literals are planned anew at each call: the months outside the question are not opened.
READING = """
CREATE FUNCTION incident_looks(root bigint, since timestamptz, upto timestamptz, of_act text, of_door text, of_house int, of_person int,
                               at_most int, before_at timestamptz, before_id bigint)
RETURNS SETOF ledger_look LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $f$
BEGIN
  IF NOT OVERSEES THEN
    RETURN;
  END IF;
  RETURN QUERY EXECUTE format('SELECT * FROM ledger_look l WHERE l.root_id = %L::bigint', root)
    || CASE WHEN since IS NULL THEN '' ELSE format(' AND l.at >= %L::timestamptz', since) END
    || CASE WHEN upto IS NULL THEN '' ELSE format(' AND l.at < %L::timestamptz', upto) END
    || CASE WHEN of_act = '' THEN '' ELSE format(' AND l.act = %L', of_act) END
    || CASE WHEN of_door = '' THEN '' ELSE format(' AND l.door = %L', of_door) END
    || CASE WHEN of_house IS NULL THEN '' ELSE format(' AND l.organisation_id = %L::int', of_house) END
    || CASE WHEN of_person IS NULL THEN '' ELSE format(' AND l.actor_id = %L::int', of_person) END
    || CASE WHEN before_at IS NULL THEN '' ELSE format(' AND (l.at, l.id) < (%L::timestamptz, %L::bigint)', before_at, before_id) END
    || format(' ORDER BY l.at DESC, l.id DESC LIMIT %s', at_most);
END $f$;

CREATE FUNCTION incident_changes(root bigint, at_most int, before bigint)
RETURNS TABLE (id bigint, at timestamptz, actor_id int, organisation_id int, table_name varchar, row_id varchar, content text, entry_id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $f$
BEGIN
  IF NOT OVERSEES THEN
    RETURN;
  END IF;
  RETURN QUERY SELECT c.id, c.at, c.actor_id, c.organisation_id, c.table_name, c.row_id, c.content, c.entry_id FROM ledger_change c
    WHERE c.root_id = root AND (before IS NULL OR c.id < before) ORDER BY c.id DESC LIMIT at_most;
END $f$;
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0004_labels"), ("ledger", "0004_looks")]
    operations = [
        rls.sql(READING.replace("OVERSEES", OVERSEES)),
        rls.sql(
            rls.definer("incident_looks(bigint, timestamptz, timestamptz, text, text, int, int, int, timestamptz, bigint)")
            + rls.definer("incident_changes(bigint, int, bigint)")
        ),
    ]
