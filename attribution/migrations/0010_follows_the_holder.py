"""What the right of reply copies from a case, its holder, goes with the case when it is handed over (incidents 0010)."""

from django.db import migrations

from core import rls

FOLLOWS = """
COMMENT ON COLUMN attribution_notice.holder_id IS 'follows the holder of the case';
COMMENT ON COLUMN attribution_invitation.holder_id IS 'follows the holder of the case';
COMMENT ON COLUMN attribution_relyingparty.holder_id IS 'follows the holder of the case';

CREATE OR REPLACE FUNCTION attribution_invitation_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF (OLD.notice_id, OLD.party, OLD.name, OLD.organisation_id, OLD.invited_by_id, OLD.invited_at)
     IS DISTINCT FROM (NEW.notice_id, NEW.party, NEW.name, NEW.organisation_id, NEW.invited_by_id, NEW.invited_at)
     OR (OLD.holder_id <> NEW.holder_id AND NEW.holder_id IS DISTINCT FROM (SELECT i.holder_id FROM incidents_incident i WHERE i.id = NEW.incident_id))
     OR (OLD.waived_at IS NOT NULL AND (OLD.waived_at, OLD.waived_by_id, OLD.waived_reason) IS DISTINCT FROM (NEW.waived_at, NEW.waived_by_id, NEW.waived_reason)) THEN
    RAISE EXCEPTION 'who was asked, and what was waived, stays' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.waived_at IS NOT NULL AND OLD.waived_at IS NULL AND EXISTS (
    SELECT FROM attribution_notice n JOIN attribution_finding f ON f.id = n.finding_id WHERE n.id = NEW.notice_id AND f.proposed_by_id = NEW.waived_by_id) THEN
    RAISE EXCEPTION 'whoever proposed a finding does not waive the reply to it' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

-- A notice, and who relied on a finding, stay as they were; only who holds its case may move, and only to who does.
DROP TRIGGER append_only_update ON attribution_notice;
DROP TRIGGER append_only_update ON attribution_relyingparty;
CREATE FUNCTION attribution_only_holder_moves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF (to_jsonb(OLD) - ARRAY['audience', 'holder_id']) IS DISTINCT FROM (to_jsonb(NEW) - ARRAY['audience', 'holder_id'])
     OR NEW.holder_id IS DISTINCT FROM (SELECT i.holder_id FROM incidents_incident i WHERE i.id = NEW.incident_id) THEN
    RAISE EXCEPTION 'this record is append-only' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER append_only_update BEFORE UPDATE ON attribution_notice FOR EACH ROW
  WHEN ((to_jsonb(OLD) - 'audience') IS DISTINCT FROM (to_jsonb(NEW) - 'audience')) EXECUTE FUNCTION attribution_only_holder_moves();
CREATE TRIGGER append_only_update BEFORE UPDATE ON attribution_relyingparty FOR EACH ROW
  WHEN ((to_jsonb(OLD) - 'audience') IS DISTINCT FROM (to_jsonb(NEW) - 'audience')) EXECUTE FUNCTION attribution_only_holder_moves();
ALTER FUNCTION attribution_only_holder_moves() OWNER TO norms_definer;
"""


class Migration(migrations.Migration):
    dependencies = [("attribution", "0009_accredited_seats"), ("incidents", "0010_graded")]
    operations = [rls.sql(FOLLOWS)]
