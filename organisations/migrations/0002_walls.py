"""Who may read whom: memberships inside the house, a submission by its own sender."""

from django.db import migrations

from core import rls


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
        ),
    ]
