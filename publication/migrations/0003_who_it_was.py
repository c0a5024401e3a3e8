"""The tier that is published is that of a finding on who it was: "it was an attack" and what follows politically are other
questions with tiers of their own (ATT-5)."""

from django.db import migrations

from core import rls

# The function of 0002 with one more condition; whoever owns and may call it stays the same.
ONLY_WHO = """
DO $$
DECLARE
  was text := pg_get_functiondef('publication_records(date, text)'::regprocedure);
  now text := replace(was, $q$WHERE f.standing IN ('current', 'revised') GROUP BY$q$,
    $q$WHERE f.standing IN ('current', 'revised') AND f.leg NOT IN ('event', 'political') GROUP BY$q$);
BEGIN
  IF now = was THEN
    RAISE EXCEPTION 'publication_records is not as migration 0002 left it';
  END IF;
  SET LOCAL ROLE norms_definer;
  EXECUTE now;
  RESET ROLE;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("publication", "0002_walls"), ("attribution", "0003_legs")]
    operations = [rls.sql(ONLY_WHO)]
