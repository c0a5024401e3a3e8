"""What each login may do, computed from the catalogue after every migration so that no new table is forgotten.

`norms_app` reads and writes; on append-only tables it may only add; it may never write an `audience`.
Policies decide about rows; this decides about verbs and columns, and about where definer functions look for names.
"""

from typing import Any

from django.db import connections

GRANTS = """
DO $$
DECLARE
  t record;
  columns text;
BEGIN
  FOR t IN
    SELECT c.oid, c.oid::regclass::text AS name, c.relname, c.relispartition,
           EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = c.oid AND g.tgname = 'append_only_row') AS append_only,
           EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname LIKE '%audience' AND NOT a.attisdropped) AS has_audience
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND pg_get_userbyid(c.relowner) <> 'norms_definer'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
  LOOP
    EXECUTE format('REVOKE ALL ON %s FROM norms_app, norms_public, PUBLIC', t.name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO norms_definer', t.name);
    IF t.relname = 'django_migrations' THEN
      EXECUTE format('GRANT SELECT ON %s TO norms_app', t.name);
    ELSIF t.relispartition OR obj_description(t.oid, 'pg_class') = 'definer only' THEN
      NULL;
    ELSIF obj_description(t.oid, 'pg_class') = 'read only' THEN
      EXECUTE format('GRANT SELECT ON %s TO norms_app', t.name);
    ELSIF t.append_only THEN
      EXECUTE format('GRANT SELECT, INSERT ON %s TO norms_app', t.name);
    ELSE
      EXECUTE format('GRANT SELECT, DELETE ON %s TO norms_app', t.name);
      SELECT string_agg(quote_ident(attname), ', ') INTO columns FROM pg_attribute
       WHERE attrelid = t.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attname NOT LIKE '%audience';
      EXECUTE format('GRANT INSERT (%s), UPDATE (%s) ON %s TO norms_app', columns, columns, t.name);
    END IF;
    IF obj_description(t.oid, 'pg_class') = 'public' THEN
      EXECUTE format('GRANT SELECT ON %s TO norms_public', t.name);
    END IF;
  END LOOP;
END $$;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO norms_app, norms_definer;

-- A temporary table of the caller would stand in for one of ours: PostgreSQL looks into pg_temp first unless the path
-- names it (CREATE FUNCTION, "Writing SECURITY DEFINER Functions Safely"). The owner may alter what it handed over,
-- because it is a member of the definer role.
DO $$
DECLARE
  f record;
BEGIN
  FOR f IN
    SELECT p.oid::regprocedure::text AS name FROM pg_proc p
     WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace
       AND NOT coalesce(p.proconfig, '{}') @> ARRAY['search_path=pg_catalog, public, pg_temp']
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, public, pg_temp', f.name);
  END LOOP;
END $$;
"""


def apply(using: str, **_: Any) -> None:
    """Sets every privilege anew; harmless to repeat."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_proc WHERE proname = 'app_orgs'")
        if cursor.fetchone():
            cursor.execute(GRANTS)
