"""The ground every policy stands on: who is asking, as two functions the planner can inline."""

from django.db import migrations

from core import rls

GROUND = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE EXTENSION IF NOT EXISTS unaccent;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO norms_app, norms_public, norms_definer;
GRANT CREATE ON SCHEMA public TO norms_definer;

CREATE FUNCTION app_orgs() RETURNS int[] LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(string_to_array(nullif(current_setting('app.org_ids', true), ''), ',')::int[], '{}');
CREATE FUNCTION app_user() RETURNS int LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.user_id', true), '')::int;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused: this record is append-only', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies: list[tuple[str, str]] = []
    operations = [rls.sql(GROUND)]
