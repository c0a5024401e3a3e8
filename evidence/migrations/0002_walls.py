"""What the database itself keeps of evidence: numbers, custody in an unbroken chain, four eyes, and who may read.

Numbers are given under a row lock, so two uploads at once get two. A custody entry's hash covers the one before it in
its item: an entry changed or dropped shows, whoever did it. Children point at rows of their own case only.
"""

from django.db import migrations

from core import rls
from incidents.tenancy import append_only_child, case_child

NUMBERS = """
CREATE TABLE evidence_counter (incident_id bigint PRIMARY KEY, last int NOT NULL);
COMMENT ON TABLE evidence_counter IS 'definer only';
CREATE FUNCTION evidence_number() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO evidence_counter AS c VALUES (NEW.incident_id, 1)
    ON CONFLICT (incident_id) DO UPDATE SET last = c.last + 1 RETURNING c.last INTO NEW.number;
  RETURN NEW;
END $$;
CREATE TRIGGER evidence_number BEFORE INSERT ON evidence_evidenceitem FOR EACH ROW EXECUTE FUNCTION evidence_number();
"""

# A child and what it points at belong to one case: a pair of columns, checked by the database.
SAME_CASE = """
ALTER TABLE evidence_origin ADD CONSTRAINT origin_in_case UNIQUE (id, incident_id);
ALTER TABLE evidence_evidenceitem ADD CONSTRAINT item_in_case UNIQUE (id, incident_id);
ALTER TABLE evidence_storedfile ADD CONSTRAINT file_in_item UNIQUE (id, item_id);
ALTER TABLE incidents_statement ADD CONSTRAINT statement_in_case UNIQUE (id, incident_id);
ALTER TABLE evidence_evidenceitem
  ADD CONSTRAINT origin_of_same_case FOREIGN KEY (origin_id, incident_id) REFERENCES evidence_origin (id, incident_id),
  ADD CONSTRAINT statement_of_same_case FOREIGN KEY (statement_id, incident_id) REFERENCES incidents_statement (id, incident_id);
ALTER TABLE evidence_lineage
  ADD CONSTRAINT item_of_same_case FOREIGN KEY (item_id, incident_id) REFERENCES evidence_evidenceitem (id, incident_id),
  ADD CONSTRAINT other_of_same_case FOREIGN KEY (other_id, incident_id) REFERENCES evidence_evidenceitem (id, incident_id);
ALTER TABLE evidence_storedfile ADD CONSTRAINT item_of_same_case FOREIGN KEY (item_id, incident_id) REFERENCES evidence_evidenceitem (id, incident_id);
ALTER TABLE evidence_gradeentry ADD CONSTRAINT item_of_same_case FOREIGN KEY (item_id, incident_id) REFERENCES evidence_evidenceitem (id, incident_id);
ALTER TABLE evidence_custodyentry
  ADD CONSTRAINT item_of_same_case FOREIGN KEY (item_id, incident_id) REFERENCES evidence_evidenceitem (id, incident_id),
  ADD CONSTRAINT file_of_same_item FOREIGN KEY (file_id, item_id) REFERENCES evidence_storedfile (id, item_id);
"""

CUSTODY = """
CREATE FUNCTION evidence_custody_link() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  last record;
BEGIN
  -- One link at a time per item; the same lock that a change of the item takes.
  PERFORM FROM evidence_evidenceitem WHERE id = NEW.item_id FOR NO KEY UPDATE;
  SELECT c.place, c.hash INTO last FROM evidence_custodyentry c WHERE c.item_id = NEW.item_id ORDER BY c.place DESC LIMIT 1;
  NEW.place := coalesce(last.place, 0) + 1;
  NEW.previous := coalesce(last.hash, repeat('0', 64));
  NEW.at := clock_timestamp();
  NEW.hash := encode(sha256('\\x02'::bytea || ledger_framed(NEW.item_id::text) || ledger_framed(NEW.place::text)
    || ledger_framed(NEW.act) || ledger_framed(ledger_moment(NEW.at)) || ledger_framed(NEW.actor_id::text)
    || ledger_framed(NEW.organisation_id::text) || ledger_framed(NEW.file_id::text) || ledger_framed(NEW.sha256_seen)
    || ledger_framed(NEW.note) || ledger_framed(NEW.previous)), 'hex');
  RETURN NEW;
END $$;
CREATE TRIGGER custody_link BEFORE INSERT ON evidence_custodyentry FOR EACH ROW EXECUTE FUNCTION evidence_custody_link();
"""

FOUR_EYES = """
CREATE FUNCTION evidence_graded_by_another() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  IF EXISTS (SELECT FROM evidence_evidenceitem WHERE id = NEW.item_id AND uploaded_by_id = NEW.graded_by_id) THEN
    RAISE EXCEPTION 'whoever gave an item in does not grade it' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER graded_by_another BEFORE INSERT ON evidence_gradeentry FOR EACH ROW EXECUTE FUNCTION evidence_graded_by_another();
"""

# What an item was on the day it came in stays; a withdrawn item stays withdrawn; a file is what was received.
FIXED = """
CREATE TRIGGER fixed_at_receipt BEFORE UPDATE OF number, uploaded_by_id, organisation_id, received_at ON evidence_evidenceitem FOR EACH ROW
  WHEN ((OLD.number, OLD.uploaded_by_id, OLD.organisation_id, OLD.received_at) IS DISTINCT FROM (NEW.number, NEW.uploaded_by_id, NEW.organisation_id, NEW.received_at))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER withdrawn_stays BEFORE UPDATE OF status ON evidence_evidenceitem FOR EACH ROW
  WHEN (OLD.status = 'withdrawn' AND NEW.status <> 'withdrawn') EXECUTE FUNCTION refuse_change();
CREATE TRIGGER fixed_at_receipt BEFORE UPDATE ON evidence_storedfile FOR EACH ROW
  WHEN ((to_jsonb(OLD) - 'audience' - 'integrity' - 'checked_at') IS DISTINCT FROM (to_jsonb(NEW) - 'audience' - 'integrity' - 'checked_at'))
  EXECUTE FUNCTION refuse_change();
"""

OWNERS = (
    "ALTER TABLE evidence_counter OWNER TO norms_definer;"
    "ALTER FUNCTION evidence_number() OWNER TO norms_definer; ALTER FUNCTION evidence_custody_link() OWNER TO norms_definer;"
    "ALTER FUNCTION evidence_graded_by_another() OWNER TO norms_definer;"
)

SEES = f"audience && {rls.ORGS}"
# An entry names the person and the organisation bound to the transaction, nobody else.
AS_ME = f"{SEES} AND organisation_id = ANY ({rls.ORGS})"


class Migration(migrations.Migration):
    dependencies = [("evidence", "0001_evidence"), ("incidents", "0002_walls"), ("ledger", "0002_walls")]
    operations = [
        rls.sql(NUMBERS),
        rls.sql(SAME_CASE),
        rls.sql(CUSTODY),
        rls.sql(FOUR_EYES),
        rls.sql(FIXED),
        rls.sql(OWNERS),
        case_child("evidence_origin", grade="evidence", edit=None),
        case_child("evidence_evidenceitem", grade="evidence", add=f"{AS_ME} AND uploaded_by_id = {rls.ME}"),
        case_child("evidence_lineage", grade="evidence", add=f"{SEES} AND added_by_id = {rls.ME}", edit=None),
        case_child("evidence_storedfile", grade="evidence", add=f"{AS_ME} AND stored_by_id = {rls.ME}"),
        case_child("evidence_gradeentry", grade="evidence", add=f"{AS_ME} AND graded_by_id = {rls.ME}", edit=None),
        case_child("evidence_custodyentry", grade="evidence", add=f"{AS_ME} AND actor_id = {rls.ME}", edit=None),
        append_only_child("evidence_lineage"),
        append_only_child("evidence_gradeentry"),
        append_only_child("evidence_custodyentry"),
    ]
