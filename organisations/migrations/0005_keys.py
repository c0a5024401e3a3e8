"""Keys have scopes and an end; accounts of programs; an organisation may ask for a second factor."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from core import rls

SCOPES = [
    ("read", "Read cases and what is on them"),
    ("export", "Take files and packages out"),
    ("act", "File, change and add"),
    ("decide", "Decide: opinions, measures, verification, publication"),
    ("manage", "Manage the organisation"),
    ("account", "Change the person’s own inbox and settings"),
]

# Keys made before there were ends work for ninety days more: time to make new ones.
ENDS = "UPDATE organisations_apitoken SET expires_at = now() + interval '90 days' WHERE expires_at IS NULL;"

# A program's account stays what it is, belongs to the one house, and has no role that sits on a panel, decides,
# verifies, publishes or administers: whatever a service forgets (SHR-1, ATT-7).
SERVICE_ACCOUNTS = """
CREATE FUNCTION service_account_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.service_of_id IS DISTINCT FROM OLD.service_of_id THEN
    RAISE EXCEPTION 'an account is a person''s or a program''s for ever' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER service_account_stays BEFORE UPDATE OF service_of_id ON organisations_user
  FOR EACH ROW EXECUTE FUNCTION service_account_stays();

CREATE FUNCTION service_account_belongs() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE house integer;
BEGIN
  SELECT service_of_id INTO house FROM organisations_user WHERE id = NEW.user_id;
  IF house IS NOT NULL AND (house <> NEW.organisation_id OR NOT NEW.roles::text[] <@ ARRAY['analyst', 'researcher', 'custodian']) THEN
    RAISE EXCEPTION 'a service account belongs to its own house and decides nothing' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER service_account_belongs BEFORE INSERT OR UPDATE OF user_id, organisation_id, roles ON organisations_membership
  FOR EACH ROW EXECUTE FUNCTION service_account_belongs();
"""


class Migration(migrations.Migration):
    dependencies = [("organisations", "0004_member_changes")]
    operations = [
        migrations.AddField(
            model_name="organisation",
            name="second_factor_required",
            field=models.BooleanField(
                default=False,
                help_text="Members without a second factor are led to set one up and can do nothing else.",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="service_of",
            field=models.ForeignKey(
                editable=False,
                help_text="A program’s account of this organisation: no password, keys only.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="service_accounts",
                to="organisations.organisation",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("service_of__isnull", True),
                    models.Q(
                        ("is_staff", False),
                        ("is_superuser", False),
                        ("is_system", False),
                        ("password__startswith", "!"),
                    ),
                    _connector="OR",
                ),
                name="service_account_has_no_way_in",
            ),
        ),
        rls.sql(SERVICE_ACCOUNTS),
        migrations.AddField(
            model_name="apitoken",
            name="last_used_at",
            field=models.DateTimeField(blank=True, help_text="To the nearest five minutes.", null=True),
        ),
        migrations.AddField(
            model_name="apitoken",
            name="scopes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(choices=SCOPES, max_length=12),
                default=[name for name, _words in SCOPES],
                size=None,
                verbose_name="scopes",
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="apitoken",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("scopes__contained_by", [name for name, _words in SCOPES]), ("scopes__len__gt", 0)
                ),
                name="token_scopes",
            ),
        ),
        rls.sql(ENDS),
        migrations.AlterField(
            model_name="apitoken", name="expires_at", field=models.DateTimeField(verbose_name="expires")
        ),
    ]
