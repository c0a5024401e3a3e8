"""Which paths of the store no row names: the collection of leftovers has to know all rows, not only those it may read.

Only the platform itself is answered. To anybody else the function would tell whether bytes are held somewhere.
"""

from django.db import migrations

from core import rls

UNNAMED = """
CREATE FUNCTION evidence_unnamed_paths(paths text[]) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT p FROM unnest(paths) p
   WHERE app_user() = (SELECT u.id FROM organisations_user u WHERE u.email = 'system@norms.invalid')
     AND NOT EXISTS (SELECT FROM evidence_storedfile f WHERE f.path = p)
$$;
CREATE INDEX evidence_storedfile_path ON evidence_storedfile (path);
"""


class Migration(migrations.Migration):
    dependencies = [("evidence", "0003_custody_acts"), ("organisations", "0002_walls")]
    operations = [rls.sql(UNNAMED + rls.definer("evidence_unnamed_paths(text[])"))]
