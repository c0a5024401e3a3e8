"""Who somebody is in each of their organisations, in one statement: it is asked at every request, before anything else."""

from django.db import migrations

from core import rls

# Run with the caller's rights and under the policies: bound to this person for as long as it runs, and to whoever was bound
# before it after that, which spares every request a transaction of its own.
STANDING = """
CREATE FUNCTION organisations_standing(person int, at timestamptz) RETURNS TABLE (membership_id bigint, organisation_id int, roles varchar[])
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  bound text := coalesce(current_setting('app.user_id', true), '');
BEGIN
  PERFORM set_config('app.user_id', person::text, true);
  RETURN QUERY SELECT m.id::bigint, m.organisation_id, m.roles::varchar[] FROM organisations_membership m
    WHERE m.user_id = person AND m.suspended_at IS NULL AND (m.until IS NULL OR m.until > at) ORDER BY m.id;
  PERFORM set_config('app.user_id', bound, true);
END $$;
REVOKE ALL ON FUNCTION organisations_standing(int, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION organisations_standing(int, timestamptz) TO norms_app;
"""


class Migration(migrations.Migration):
    dependencies = [("organisations", "0007_name_keeper")]
    operations = [rls.sql(STANDING)]
