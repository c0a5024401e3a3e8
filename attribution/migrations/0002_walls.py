"""What the database itself keeps of attribution: who may sit and approve, opinions sealed until all are opened, history.

Nobody reads a sealed opinion but its author, and only `attribution_reveal` opens a round: a forgotten check upstairs
gives nothing away. Whoever filed the case, gave in evidence or proposed the finding holds no seat and approves nothing.
"""

from django.db import migrations

from core import rls
from incidents.tenancy import SEES, append_only_child, case_child

SAME_CASE = """
ALTER TABLE attribution_hypothesis ADD CONSTRAINT hypothesis_in_case UNIQUE (id, incident_id);
ALTER TABLE attribution_finding ADD CONSTRAINT finding_in_case UNIQUE (id, incident_id),
  ADD CONSTRAINT hypothesis_of_same_case FOREIGN KEY (hypothesis_id, incident_id) REFERENCES attribution_hypothesis (id, incident_id),
  ADD CONSTRAINT superseded_in_same_case FOREIGN KEY (superseded_by_id, incident_id) REFERENCES attribution_finding (id, incident_id);
ALTER TABLE attribution_rating
  ADD CONSTRAINT hypothesis_of_same_case FOREIGN KEY (hypothesis_id, incident_id) REFERENCES attribution_hypothesis (id, incident_id),
  ADD CONSTRAINT item_of_same_case FOREIGN KEY (item_id, incident_id) REFERENCES evidence_evidenceitem (id, incident_id);
ALTER TABLE attribution_extension ADD CONSTRAINT finding_of_same_case FOREIGN KEY (finding_id, incident_id) REFERENCES attribution_finding (id, incident_id);
ALTER TABLE attribution_contest ADD CONSTRAINT finding_of_same_case FOREIGN KEY (finding_id, incident_id) REFERENCES attribution_finding (id, incident_id);
ALTER TABLE attribution_standingchange ADD CONSTRAINT finding_of_same_case FOREIGN KEY (finding_id, incident_id) REFERENCES attribution_finding (id, incident_id);
ALTER TABLE attribution_panel ADD CONSTRAINT panel_in_case UNIQUE (id, incident_id),
  ADD CONSTRAINT finding_of_same_case FOREIGN KEY (finding_id, incident_id) REFERENCES attribution_finding (id, incident_id);
ALTER TABLE attribution_seat ADD CONSTRAINT seat_in_panel UNIQUE (id, panel_id),
  ADD CONSTRAINT panel_of_same_case FOREIGN KEY (panel_id, incident_id) REFERENCES attribution_panel (id, incident_id);
ALTER TABLE attribution_opinion ADD CONSTRAINT opinion_in_case UNIQUE (id, incident_id),
  ADD CONSTRAINT panel_of_same_case FOREIGN KEY (panel_id, incident_id) REFERENCES attribution_panel (id, incident_id),
  ADD CONSTRAINT seat_of_same_panel FOREIGN KEY (seat_id, panel_id) REFERENCES attribution_seat (id, panel_id);
ALTER TABLE attribution_objectionanswer ADD CONSTRAINT opinion_of_same_case FOREIGN KEY (opinion_id, incident_id) REFERENCES attribution_opinion (id, incident_id);
"""

# Why a person may neither sit on a finding's panel nor approve it; nothing when they may.
INTERESTED = """
CREATE FUNCTION attribution_part_in_case(root bigint, of_finding bigint, person int) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT CASE
    WHEN EXISTS (SELECT FROM incidents_incident WHERE id = root AND filed_by_id = person) THEN 'filed'
    WHEN EXISTS (SELECT FROM attribution_finding WHERE id = of_finding AND proposed_by_id = person) THEN 'proposed'
    WHEN EXISTS (SELECT FROM evidence_evidenceitem WHERE incident_id = root AND uploaded_by_id = person)
      OR EXISTS (SELECT FROM evidence_storedfile WHERE incident_id = root AND stored_by_id = person) THEN 'gave_in_evidence'
  END
$$;

-- Why an organisation has no seat (ATT-7): it holds the case, is of a kind that does not assess, or is of the side of
-- the harmed or of a State named in any hypothesis.
CREATE FUNCTION attribution_side_of(root bigint, house int) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT CASE
    WHEN EXISTS (SELECT FROM incidents_incident WHERE id = root AND holder_id = house) THEN 'claimant'
    WHEN o.kind NOT IN ('assessment_body', 'civil_society', 'regional') THEN 'kind'
    WHEN o.country <> '' AND EXISTS (SELECT FROM attribution_hypothesis WHERE incident_id = root AND country = o.country) THEN 'accused'
    WHEN o.country <> '' AND (EXISTS (SELECT FROM incidents_victim WHERE incident_id = root AND country = o.country)
      OR EXISTS (SELECT FROM incidents_servicehit WHERE incident_id = root AND country = o.country)) THEN 'harmed'
  END FROM organisations_organisation o WHERE o.id = house
$$;
"""

SEATS = """
CREATE FUNCTION attribution_seat_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  p record;
  because text;
BEGIN
  SELECT * INTO p FROM attribution_panel WHERE id = NEW.panel_id;
  IF TG_OP = 'INSERT' THEN
    PERFORM FROM incidents_incident WHERE id = NEW.incident_id AND holder_id = ANY (app_orgs());
    IF NOT FOUND THEN
      RAISE EXCEPTION 'only the holder of a case invites to a panel' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.conflict <> 'undeclared' OR NEW.member_id IS NOT NULL OR NEW.sealed_at IS NOT NULL OR NEW.commitment <> '' THEN
      RAISE EXCEPTION 'a seat is taken by the invited person, nobody else' USING ERRCODE = 'check_violation';
    END IF;
    because := attribution_side_of(NEW.incident_id, NEW.organisation_id);
    IF because IS NOT NULL THEN
      RAISE EXCEPTION 'this organisation has no seat: %', because USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (OLD.panel_id, OLD.number, OLD.discipline, OLD.seat, OLD.organisation_id, OLD.invited_by_id, OLD.invited_at)
     IS DISTINCT FROM (NEW.panel_id, NEW.number, NEW.discipline, NEW.seat, NEW.organisation_id, NEW.invited_by_id, NEW.invited_at)
     OR (OLD.recused_at IS NOT NULL AND NEW.recused_at IS DISTINCT FROM OLD.recused_at)
     OR (OLD.conflict = 'declared' AND NEW.conflict <> 'declared')
     OR (OLD.conflict <> 'undeclared' AND (NEW.conflict = 'undeclared' OR NEW.member_id IS DISTINCT FROM OLD.member_id)) THEN
    RAISE EXCEPTION 'a seat keeps what was said of it' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.conflict IS DISTINCT FROM OLD.conflict THEN
    IF NEW.member_id IS DISTINCT FROM app_user() OR NOT EXISTS (
      SELECT FROM organisations_membership m WHERE m.user_id = NEW.member_id AND m.organisation_id = NEW.organisation_id
         AND (m.until IS NULL OR m.until > clock_timestamp())) THEN
      RAISE EXCEPTION 'nobody declares for another' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.conflict = 'none' THEN
      because := coalesce(attribution_part_in_case(NEW.incident_id, p.finding_id, NEW.member_id),
                          attribution_side_of(NEW.incident_id, NEW.organisation_id));
      IF because IS NOT NULL OR OLD.recused_at IS NOT NULL OR p.state NOT IN ('inviting', 'sealed') THEN
        RAISE EXCEPTION 'this person cannot take this seat: %', coalesce(because, 'it is not open') USING ERRCODE = 'check_violation';
      END IF;
    END IF;
  END IF;
  RETURN NEW;
END $$;
-- Why the reader may not take a seat offered to them: the panel itself is not theirs to see yet.
CREATE FUNCTION attribution_seat_bar(of_seat bigint) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT CASE WHEN p.state NOT IN ('inviting', 'sealed') THEN 'over' ELSE attribution_part_in_case(s.incident_id, p.finding_id, app_user()) END
    FROM attribution_seat s JOIN attribution_panel p ON p.id = s.panel_id
   WHERE s.id = of_seat AND s.organisation_id = ANY (app_orgs())
$$;
CREATE TRIGGER seat_guard BEFORE INSERT OR UPDATE ON attribution_seat FOR EACH ROW EXECUTE FUNCTION attribution_seat_guard();
CREATE TRIGGER sealed_by_the_opinion BEFORE UPDATE ON attribution_seat FOR EACH ROW
  WHEN (current_user <> 'norms_definer' AND (OLD.commitment, OLD.sealed_at) IS DISTINCT FROM (NEW.commitment, NEW.sealed_at))
  EXECUTE FUNCTION refuse_change();

-- Evidence opens to the person, by name, when they have declared no conflict; it closes when they step out.
CREATE FUNCTION attribution_seat_opens_case() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  why text := 'Panel seat S-' || NEW.number;
BEGIN
  IF NEW.conflict = 'none' AND OLD.conflict = 'undeclared' THEN
    INSERT INTO incidents_incidentuserpermission (user_id, permission_id, content_object_id, principal, holder_principal, granted_by_id, reason)
      SELECT NEW.member_id, p.id, NEW.incident_id, NEW.member_id, 0, NEW.invited_by_id, why
        FROM auth_permission p JOIN django_content_type c ON c.id = p.content_type_id
       WHERE c.app_label = 'incidents' AND c.model = 'incident' AND p.codename = 'grade_assess'
      ON CONFLICT DO NOTHING;
  ELSIF NEW.conflict = 'declared' AND OLD.conflict = 'none' THEN
    DELETE FROM incidents_incidentuserpermission WHERE content_object_id = NEW.incident_id AND user_id = NEW.member_id AND reason = why;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER seat_opens_case AFTER UPDATE ON attribution_seat FOR EACH ROW
  WHEN (OLD.conflict IS DISTINCT FROM NEW.conflict) EXECUTE FUNCTION attribution_seat_opens_case();

-- Whoever gives in evidence while sitting has left the seat by that; an approval of theirs lapses.
CREATE FUNCTION attribution_giver_leaves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  giver int := CASE TG_TABLE_NAME WHEN 'evidence_evidenceitem' THEN (to_jsonb(NEW) ->> 'uploaded_by_id')::int ELSE (to_jsonb(NEW) ->> 'stored_by_id')::int END;
BEGIN
  UPDATE attribution_seat SET recused_at = clock_timestamp(), recused_reason = 'gave_in_evidence'
   WHERE incident_id = NEW.incident_id AND member_id = giver AND recused_at IS NULL;
  UPDATE attribution_finding SET approved_by_id = NULL, approved_at = NULL, tier = least(tier, 'T1')
   WHERE incident_id = NEW.incident_id AND approved_by_id = giver;
  RETURN NULL;
END $$;
CREATE TRIGGER giver_leaves_panel AFTER INSERT ON evidence_evidenceitem FOR EACH ROW EXECUTE FUNCTION attribution_giver_leaves();
CREATE TRIGGER giver_leaves_panel AFTER INSERT ON evidence_storedfile FOR EACH ROW EXECUTE FUNCTION attribution_giver_leaves();
"""

FINDINGS = """
CREATE FUNCTION attribution_finding_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  because text;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.approved_by_id IS NOT NULL OR NEW.tier NOT IN ('T0', 'T1') THEN
      RAISE EXCEPTION 'a finding starts provisional' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (OLD.number, OLD.hypothesis_id, OLD.leg, OLD.statement, OLD.scale, OLD.standard_version, OLD.proposed_by_id, OLD.organisation_id, OLD.proposed_at)
     IS DISTINCT FROM (NEW.number, NEW.hypothesis_id, NEW.leg, NEW.statement, NEW.scale, NEW.standard_version, NEW.proposed_by_id, NEW.organisation_id, NEW.proposed_at)
     OR (OLD.standing IN ('withdrawn', 'superseded') AND NEW.standing <> OLD.standing) THEN
    RAISE EXCEPTION 'a finding keeps what it said: propose another' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.approved_by_id IS NOT NULL AND NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id THEN
    because := attribution_part_in_case(NEW.incident_id, NEW.id, NEW.approved_by_id);
    IF because IS NOT NULL OR NEW.approved_by_id IS DISTINCT FROM app_user() THEN
      RAISE EXCEPTION 'this person cannot approve this finding: %', coalesce(because, 'nobody approves for another') USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER finding_guard BEFORE INSERT OR UPDATE ON attribution_finding FOR EACH ROW EXECUTE FUNCTION attribution_finding_guard();

CREATE TRIGGER contest_stays BEFORE UPDATE ON attribution_contest FOR EACH ROW
  WHEN (OLD.resolved_at IS NOT NULL AND (to_jsonb(OLD) - 'audience') IS DISTINCT FROM (to_jsonb(NEW) - 'audience')
     OR (OLD.finding_id, OLD.kind, OLD.items, OLD.text, OLD.opened_by_id, OLD.opened_at) IS DISTINCT FROM (NEW.finding_id, NEW.kind, NEW.items, NEW.text, NEW.opened_by_id, NEW.opened_at))
  EXECUTE FUNCTION refuse_change();
"""

SEALING = """
CREATE FUNCTION attribution_opinion_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  s record;
  p record;
BEGIN
  -- One round is opened at one moment: an opinion and the opening wait for each other.
  SELECT * INTO p FROM attribution_panel WHERE id = NEW.panel_id FOR SHARE;
  SELECT * INTO s FROM attribution_seat WHERE id = NEW.seat_id;
  IF NEW.author_id IS DISTINCT FROM app_user() OR s.member_id IS DISTINCT FROM NEW.author_id OR s.conflict <> 'none' OR s.recused_at IS NOT NULL THEN
    RAISE EXCEPTION 'an opinion is given by the member in the seat, after declaring no conflict' USING ERRCODE = 'check_violation';
  END IF;
  IF p.state <> 'sealed' OR p.deadline < clock_timestamp() THEN
    RAISE EXCEPTION 'this round takes no opinion now' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.scale <> p.scale THEN
    RAISE EXCEPTION 'one scale for everybody (R1.5)' USING ERRCODE = 'check_violation';
  END IF;
  NEW.sealed_at := clock_timestamp();
  NEW.revealed_at := NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER opinion_guard BEFORE INSERT ON attribution_opinion FOR EACH ROW EXECUTE FUNCTION attribution_opinion_guard();
CREATE TRIGGER opinion_guard_change BEFORE UPDATE ON attribution_opinion FOR EACH ROW
  WHEN (current_user <> 'norms_definer') EXECUTE FUNCTION attribution_opinion_guard();

CREATE FUNCTION attribution_opinion_sealed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  UPDATE attribution_seat SET commitment = NEW.commitment, sealed_at = NEW.sealed_at WHERE id = NEW.seat_id;
  RETURN NULL;
END $$;
CREATE TRIGGER opinion_sealed AFTER INSERT OR UPDATE OF commitment ON attribution_opinion FOR EACH ROW EXECUTE FUNCTION attribution_opinion_sealed();

CREATE TRIGGER opened_by_the_rule BEFORE UPDATE ON attribution_panel FOR EACH ROW
  WHEN (current_user <> 'norms_definer' AND ((NEW.state = 'revealed') IS DISTINCT FROM (OLD.state = 'revealed') AND NOT (OLD.state = 'revealed' AND NEW.state = 'closed')
        OR OLD.revealed_at IS DISTINCT FROM NEW.revealed_at OR OLD.state = 'closed'
        OR (OLD.finding_id, OLD.number, OLD.scale, OLD.required_seats, OLD.quorum) IS DISTINCT FROM (NEW.finding_id, NEW.number, NEW.scale, NEW.required_seats, NEW.quorum)))
  EXECUTE FUNCTION refuse_change();

-- A rating by somebody who sits in a round that is not open yet is sealed with it.
CREATE FUNCTION attribution_rating_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  IF NEW.is_open AND EXISTS (
    SELECT FROM attribution_seat s JOIN attribution_panel p ON p.id = s.panel_id
     WHERE s.incident_id = NEW.incident_id AND s.member_id = NEW.assessor_id AND s.recused_at IS NULL AND p.state IN ('inviting', 'sealed')) THEN
    RAISE EXCEPTION 'a panel member rates sealed until the round is opened' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER rating_guard BEFORE INSERT OR UPDATE ON attribution_rating FOR EACH ROW EXECUTE FUNCTION attribution_rating_guard();

-- Opens a round, all opinions at once. Answers why not, or 'opened'.
CREATE FUNCTION attribution_reveal(of_panel bigint) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  p record;
BEGIN
  SELECT q.* INTO p FROM attribution_panel q JOIN incidents_incident i ON i.id = q.incident_id
   WHERE q.id = of_panel AND i.evidence_audience && app_orgs() FOR UPDATE OF q;
  IF NOT FOUND THEN
    RETURN 'not_found';
  ELSIF p.state <> 'sealed' THEN
    RETURN 'not_sealed';
  ELSIF p.deadline >= clock_timestamp() AND EXISTS (
    SELECT FROM attribution_seat WHERE panel_id = p.id AND recused_at IS NULL AND sealed_at IS NULL) THEN
    RETURN 'waiting';
  ELSIF (SELECT count(*) FROM attribution_seat WHERE panel_id = p.id AND recused_at IS NULL AND sealed_at IS NOT NULL) < p.quorum
     OR EXISTS (SELECT FROM unnest(p.required_seats) r(code) WHERE NOT EXISTS (
       SELECT FROM attribution_seat s WHERE s.panel_id = p.id AND s.seat = r.code AND s.recused_at IS NULL AND s.sealed_at IS NOT NULL)) THEN
    RETURN 'no_quorum';
  END IF;
  UPDATE attribution_panel SET state = 'revealed', revealed_at = clock_timestamp() WHERE id = p.id;
  UPDATE attribution_opinion SET revealed_at = clock_timestamp() WHERE panel_id = p.id;
  DELETE FROM attribution_rating o USING attribution_rating r, attribution_seat s
   WHERE s.panel_id = p.id AND r.incident_id = p.incident_id AND r.assessor_id = s.member_id AND NOT r.is_open
     AND o.is_open AND (o.item_id, o.hypothesis_id, o.assessor_id) = (r.item_id, r.hypothesis_id, r.assessor_id);
  DELETE FROM attribution_rating r USING attribution_seat s
   WHERE s.panel_id = p.id AND r.incident_id = p.incident_id AND r.assessor_id = s.member_id AND NOT r.is_open AND r.value = '';
  UPDATE attribution_rating r SET is_open = true FROM attribution_seat s
   WHERE s.panel_id = p.id AND r.incident_id = p.incident_id AND r.assessor_id = s.member_id AND NOT r.is_open
     AND NOT EXISTS (SELECT FROM attribution_seat t JOIN attribution_panel q ON q.id = t.panel_id
       WHERE t.incident_id = r.incident_id AND t.member_id = r.assessor_id AND t.recused_at IS NULL AND q.state IN ('inviting', 'sealed'));
  RETURN 'opened';
END $$;
"""

# Whose findings the clock has to look at: organisations with at least one provisional finding past its date.
CLOCK = """
CREATE FUNCTION attribution_overdue_holders(today date) RETURNS SETOF int LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT DISTINCT i.holder_id FROM attribution_finding f JOIN incidents_incident i ON i.id = f.incident_id
   WHERE f.tier = 'T1' AND f.standing IN ('current', 'revised') AND f.review_on < today AND f.flagged_overdue_on IS NULL
$$;
CREATE INDEX finding_due ON attribution_finding (review_on) WHERE tier = 'T1' AND flagged_overdue_on IS NULL;
"""

OWNERS = "".join(
    f"ALTER FUNCTION {name}() OWNER TO norms_definer;"
    for name in (
        "attribution_seat_guard", "attribution_seat_opens_case", "attribution_giver_leaves", "attribution_finding_guard",
        "attribution_opinion_guard", "attribution_opinion_sealed", "attribution_rating_guard",
    )
) + "".join(
    rls.definer(signature)
    for signature in (
        "attribution_part_in_case(bigint, bigint, int)", "attribution_side_of(bigint, int)", "attribution_reveal(bigint)",
        "attribution_seat_bar(bigint)",
        "attribution_overdue_holders(date)",
    )
)  # fmt: skip


def mine(column: str) -> str:
    """Rows that carry the reader's own name."""
    return f"{SEES} AND {column} = {rls.ME}"


SEALED = f"author_id = {rls.ME} OR revealed_at IS NOT NULL"
INVITED = f"({SEES}) OR organisation_id = ANY ({rls.ORGS})"


class Migration(migrations.Migration):
    dependencies = [
        ("attribution", "0001_propositions"), ("evidence", "0002_walls"), ("incidents", "0003_activity_by_verb"),
        ("organisations", "0002_walls"),
    ]  # fmt: skip
    operations = [
        rls.sql(SAME_CASE),
        rls.sql(INTERESTED),
        rls.sql(SEATS),
        rls.sql(FINDINGS),
        rls.sql(SEALING),
        rls.sql(CLOCK),
        rls.sql(OWNERS),
        case_child("attribution_hypothesis", grade="evidence", add=mine("added_by_id")),
        case_child(
            "attribution_rating", grade="evidence", read=f"({SEES}) AND (assessor_id = {rls.ME} OR is_open)",
            add=mine("assessor_id"), edit=mine("assessor_id"), drop=mine("assessor_id"),
        ),
        case_child(
            "attribution_finding", grade="evidence",
            add=f"{mine('proposed_by_id')} AND organisation_id = ANY ({rls.ORGS})",
        ),
        case_child("attribution_extension", grade="evidence", add=mine("extended_by_id"), edit=None),
        case_child("attribution_contest", grade="evidence", add=mine("opened_by_id")),
        case_child("attribution_panel", grade="evidence", add=mine("convened_by_id")),
        case_child("attribution_seat", grade="evidence", read=INVITED, add=mine("invited_by_id"), edit=INVITED),
        case_child(
            "attribution_opinion", grade="evidence", read=f"({SEES}) AND ({SEALED})", add=mine("author_id"),
            edit=f"{mine('author_id')} AND revealed_at IS NULL",
        ),
        case_child("attribution_objectionanswer", grade="evidence", add=mine("answered_by_id"), edit=None),
        case_child("attribution_standingchange", grade="evidence", add=mine("actor_id"), edit=None),
        append_only_child("attribution_extension"),
        append_only_child("attribution_objectionanswer"),
        append_only_child("attribution_standingchange"),
    ]  # fmt: skip
