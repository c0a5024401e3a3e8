"""Who may read an attestation, what of it never changes, and the one place where standing is written (SHR-3)."""

from django.db import migrations

from core import rls

STANDING = """
COMMENT ON TABLE accreditation_standing IS 'read only';

-- A rule on dates: asked at each grant, true or false whether or not anything ran in the meantime.
CREATE FUNCTION accreditation_holds(house int) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT EXISTS (SELECT FROM organisations_organisation o WHERE o.id = house AND o.is_secretariat)
      OR EXISTS (SELECT FROM accreditation_standing s WHERE s.organisation_id = house AND s.until > clock_timestamp())
$$;

CREATE FUNCTION attestation_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  IF (OLD.organisation_id, OLD.standard, OLD.rules, OLD.begun_by_id, OLD.begun_at)
     IS DISTINCT FROM (NEW.organisation_id, NEW.standard, NEW.rules, NEW.begun_by_id, NEW.begun_at) THEN
    RAISE EXCEPTION 'what an attestation is about never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.state <> 'draft' AND NEW.state <> 'draft' AND (OLD.answers, OLD.attested_by_id, OLD.attested_at, OLD.reviewer_id)
     IS DISTINCT FROM (NEW.answers, NEW.attested_by_id, NEW.attested_at, NEW.reviewer_id) THEN
    RAISE EXCEPTION 'what was attested is fixed' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (OLD.state, NEW.state) NOT IN (('draft', 'draft'), ('draft', 'sent'), ('sent', 'draft'), ('sent', 'accredited'), ('sent', 'refused'), ('accredited', 'ended')) THEN
    RAISE EXCEPTION 'an attestation does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.state = 'sent' AND NEW.state IN ('accredited', 'refused')
     AND NOT (NEW.reviewer_id = ANY (app_orgs()) AND NEW.reviewed_by_id = app_user() AND accreditation_holds(NEW.reviewer_id)) THEN
    RAISE EXCEPTION 'decided by the reviewing body alone, while it is accredited itself' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.state IN ('draft', 'sent') AND NEW.state IN ('draft', 'sent') AND NOT OLD.organisation_id = ANY (app_orgs()) THEN
    RAISE EXCEPTION 'written by its organisation alone' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER attestation_guard BEFORE UPDATE ON accreditation_attestation FOR EACH ROW EXECUTE FUNCTION attestation_guard();

CREATE FUNCTION attestation_stands() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  IF NEW.state = 'accredited' THEN
    INSERT INTO accreditation_standing (organisation_id, attestation_id, standard, since, until)
      VALUES (NEW.organisation_id, NEW.id, NEW.standard, NEW.reviewed_at, NEW.valid_until)
      ON CONFLICT (organisation_id) DO UPDATE SET attestation_id = excluded.attestation_id, standard = excluded.standard,
        since = excluded.since, until = excluded.until;
  ELSIF NEW.state = 'ended' THEN
    UPDATE accreditation_standing SET until = NEW.ended_at WHERE organisation_id = NEW.organisation_id AND attestation_id = NEW.id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER attestation_stands AFTER UPDATE OF state ON accreditation_attestation FOR EACH ROW
  WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION attestation_stands();
CREATE TRIGGER kept_for_good BEFORE DELETE ON accreditation_attestation FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
OWNERS = (
    "ALTER FUNCTION attestation_guard() OWNER TO norms_definer; ALTER FUNCTION attestation_stands() OWNER TO norms_definer;"
    + rls.definer("accreditation_holds(int)")
)

OURS = f"organisation_id = ANY ({rls.ORGS})"
CONCERNED = f"{OURS} OR reviewer_id = ANY ({rls.ORGS})"


class Migration(migrations.Migration):
    dependencies = [("accreditation", "0001_attestations"), ("organisations", "0002_walls"), ("core", "0001_tenancy")]
    operations = [
        rls.sql(STANDING),
        rls.sql(OWNERS),
        rls.secure("accreditation_attestation", read=CONCERNED, add=OURS + " AND state = 'draft'", edit=CONCERNED),
        rls.secure("accreditation_standing", read=f"cardinality({rls.ORGS}) > 0"),
    ]
