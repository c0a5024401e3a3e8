"""From a case worked on organisation-blind a package is made by a keeper of names alone, with a reason (SHR-1)."""

from django.db import migrations, models

from core import rls

# The same people as `incident_behind_handle`: members of the secretariat in that role, acting for it.
NAMED = """
CREATE FUNCTION exchange_package_named() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  IF EXISTS (SELECT FROM incidents_incident WHERE id = NEW.incident_id AND blind) AND (NEW.names_reason = '' OR NOT EXISTS (
       SELECT FROM organisations_membership m JOIN organisations_organisation o ON o.id = m.organisation_id
        WHERE m.user_id = app_user() AND o.is_secretariat AND o.id = ANY (app_orgs())
          AND m.roles::text[] @> ARRAY['name_keeper'] AND (m.until IS NULL OR m.until > clock_timestamp()))) THEN
    RAISE EXCEPTION 'while names are hidden a package is made by a keeper of names, with a reason' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION exchange_package_named() FROM PUBLIC;
ALTER FUNCTION exchange_package_named() OWNER TO norms_definer;
CREATE TRIGGER package_named BEFORE INSERT ON exchange_package FOR EACH ROW EXECUTE FUNCTION exchange_package_named();
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0003_receiving"), ("incidents", "0012_blind"), ("organisations", "0002_walls")]

    operations = [
        migrations.AddField(
            model_name="package",
            name="names_reason",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="In a case worked on organisation-blind: why a keeper of names takes out what names everybody.",
                max_length=500,
                verbose_name="why names are shown",
            ),
        ),
        rls.sql(NAMED),
    ]
