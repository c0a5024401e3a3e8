"""Who may read whom: memberships inside the house, a submission by its own sender."""

from django.db import migrations

from core import rls


FORGET = """
CREATE FUNCTION submissions_forget() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  DELETE FROM organisations_submission WHERE created_at < now() - interval '2 days'
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("organisations", "0001_people"), ("guardian", "0001_initial")]
    operations = [
        rls.secure(
            "organisations_membership",
            read=f"user_id = {rls.ME} OR organisation_id = ANY ({rls.ORGS})",
            add=f"organisation_id = ANY ({rls.ORGS})",
            edit=f"organisation_id = ANY ({rls.ORGS})",
        ),
        rls.secure(
            "organisations_submission",
            read=f"user_id = {rls.ME}",
            add=f"user_id = {rls.ME}",
            edit=f"user_id = {rls.ME}",
            drop=f"user_id = {rls.ME}",
        ),
        rls.sql(FORGET + rls.definer("submissions_forget()")),
    ]
