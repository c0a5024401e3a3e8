"""A seat opens evidence by name: the grant names the house that sent the person, which is accredited then (SHR-3)."""

from django.db import migrations

from core import rls

OPENS = """
CREATE OR REPLACE FUNCTION attribution_seat_opens_case() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  why text := 'Panel seat S-' || NEW.number;
BEGIN
  IF NEW.conflict = 'none' AND OLD.conflict = 'undeclared' THEN
    INSERT INTO incidents_incidentuserpermission
        (user_id, permission_id, content_object_id, principal, holder_principal, granted_by_id, reason, organisation_id)
      SELECT NEW.member_id, p.id, NEW.incident_id, NEW.member_id, 0, NEW.invited_by_id, why, NEW.organisation_id
        FROM auth_permission p JOIN django_content_type c ON c.id = p.content_type_id
       WHERE c.app_label = 'incidents' AND c.model = 'incident' AND p.codename = 'grade_assess'
      ON CONFLICT DO NOTHING;
  ELSIF NEW.conflict = 'declared' AND OLD.conflict = 'none' THEN
    DELETE FROM incidents_incidentuserpermission WHERE content_object_id = NEW.incident_id AND user_id = NEW.member_id AND reason = why;
  END IF;
  RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("attribution", "0008_reply_files_and_pools"), ("incidents", "0006_accredited")]
    operations = [rls.sql(OPENS)]
