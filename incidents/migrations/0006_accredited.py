"""Evidence goes to accredited organisations, and the database says so too (SHR-3). Shares given before stay, and are listed.

A share written before this has no `standard`: it says "given before accreditation was required" (docs/decisions).
"""

import django.db.models.deletion
from django.db import migrations, models

from core import rls

# A rule on dates: asked when a share is given or prolonged. Nothing has to run for it to hold.
CHECKED = """
CREATE FUNCTION accreditation_standard(house int) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT coalesce(
    (SELECT 'office' FROM organisations_organisation o WHERE o.id = house AND o.is_secretariat),
    (SELECT s.standard FROM accreditation_standing s WHERE s.organisation_id = house AND s.until > clock_timestamp()))
$$;

CREATE FUNCTION grant_needs_accreditation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  house int;
BEGIN
  IF TG_OP = 'UPDATE' AND (OLD.permission_id, OLD.until, OLD.principal) IS NOT DISTINCT FROM (NEW.permission_id, NEW.until, NEW.principal) THEN
    NEW.standard := OLD.standard;
    RETURN NEW;
  END IF;
  NEW.standard := '';
  IF (SELECT grade_number(codename) FROM auth_permission WHERE id = NEW.permission_id) >= 20 THEN
    IF TG_TABLE_NAME = 'incidents_incidentgrouppermission' THEN
      SELECT organisation_id INTO house FROM organisations_rolegroup WHERE group_id = NEW.group_id;
    ELSE
      house := NEW.organisation_id;
    END IF;
    NEW.standard := accreditation_standard(house);
    IF NEW.standard IS NULL THEN
      RAISE EXCEPTION 'evidence goes to accredited organisations' USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_needs_accreditation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER needs_accreditation BEFORE INSERT OR UPDATE ON incidents_incidentgrouppermission FOR EACH ROW EXECUTE FUNCTION grant_needs_accreditation();
CREATE TRIGGER needs_accreditation BEFORE INSERT OR UPDATE ON incidents_incidentuserpermission FOR EACH ROW EXECUTE FUNCTION grant_needs_accreditation();
ALTER FUNCTION grant_needs_accreditation() OWNER TO norms_definer;
CREATE INDEX grants_of_holder ON incidents_incidentgrouppermission (holder_principal, group_id);

-- Who has to recall something: holders with shares of evidence to houses that are not accredited now. For the platform's clock alone.
CREATE FUNCTION incidents_lapsed_shares() RETURNS TABLE (holder_id int, organisation_id int, lapsed timestamptz, shares bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT g.holder_principal, r.organisation_id, max(s.until), count(*)
    FROM organisations_rolegroup r JOIN organisations_organisation o ON o.id = r.organisation_id AND NOT o.is_secretariat
    LEFT JOIN accreditation_standing s ON s.organisation_id = r.organisation_id
    JOIN incidents_incidentgrouppermission g ON g.group_id = r.group_id
    JOIN auth_permission p ON p.id = g.permission_id AND grade_number(p.codename) >= 20
   WHERE (s.until IS NULL OR s.until <= clock_timestamp()) AND (g.until IS NULL OR g.until > clock_timestamp())
     AND EXISTS (SELECT FROM organisations_user u WHERE u.id = app_user() AND u.is_system)
   GROUP BY 1, 2
$$;
"""
OWNERS = rls.definer("accreditation_standard(int)") + rls.definer("incidents_lapsed_shares()")


class Migration(migrations.Migration):

    dependencies = [
        ('incidents', '0005_who_looked'),
        ('accreditation', '0002_walls'),
    ]

    operations = [
        migrations.AddField(
            model_name='incidentgrouppermission',
            name='standard',
            field=models.CharField(db_default='', editable=False, help_text='The evidence standard the grantee was accredited to; set by the database. Empty: the summary only, or given before.', max_length=24),
        ),
        migrations.AddField(
            model_name='incidentuserpermission',
            name='organisation',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation'),
        ),
        migrations.AddField(
            model_name='incidentuserpermission',
            name='standard',
            field=models.CharField(db_default='', editable=False, max_length=24),
        ),
        rls.sql(CHECKED),
        rls.sql(OWNERS),
    ]
