"""Who sees a case, kept by the database itself: grants in, `access` and `audience` out (architecture, tenancy).

`audience` are the principals with at least the summary, `evidence_audience` those who may see evidence. Children carry
a copy of the one that opens them, so that every policy is a test inside the row.
"""

from django.db import migrations

from core import rls
from incidents.tenancy import case_child

COLUMNS = """
ALTER TABLE incidents_incident ADD COLUMN audience int[] NOT NULL DEFAULT '{}', ADD COLUMN evidence_audience int[] NOT NULL DEFAULT '{}';
CREATE INDEX incident_audience_search ON incidents_incident USING gin (audience, search);
CREATE INDEX incident_filed ON incidents_incident (filed_at DESC, id DESC);
CREATE INDEX access_newest ON incidents_access (principal, filed_at DESC, incident_id DESC) INCLUDE (until);
CREATE INDEX access_of_case ON incidents_access (incident_id);
COMMENT ON TABLE incidents_access IS 'read only';
"""

# The holder's own row cannot be forgotten: it is there before the case can be read.
HOLDER = """
CREATE FUNCTION incident_opens_to_holder() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.audience := ARRAY[NEW.holder_id];
  NEW.evidence_audience := ARRAY[NEW.holder_id];
  RETURN NEW;
END $$;
CREATE TRIGGER opens_to_holder BEFORE INSERT ON incidents_incident FOR EACH ROW EXECUTE FUNCTION incident_opens_to_holder();

CREATE FUNCTION incident_access_of_holder() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO incidents_access (principal, incident_id, grade, filed_at) SELECT holder_id, id, 100, filed_at FROM added;
  RETURN NULL;
END $$;
CREATE TRIGGER access_of_holder AFTER INSERT ON incidents_incident REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION incident_access_of_holder();

CREATE FUNCTION incident_keeps_holder() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a case is handed over by a service of its own, not by an update' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER keeps_holder BEFORE UPDATE OF holder_id, reference, filed_by_id ON incidents_incident FOR EACH ROW
  WHEN (OLD.holder_id <> NEW.holder_id OR OLD.reference <> NEW.reference OR OLD.filed_by_id <> NEW.filed_by_id)
  EXECUTE FUNCTION incident_keeps_holder();
"""

GRANTS = """
CREATE FUNCTION grade_number(codename text) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE codename WHEN 'grade_summary' THEN 10 WHEN 'grade_evidence' THEN 20 WHEN 'grade_contribute' THEN 30
                       WHEN 'grade_assess' THEN 40 WHEN 'grade_coordinate' THEN 50 WHEN 'grade_oversee' THEN 60 ELSE 0 END;

CREATE FUNCTION incidents_resync(ids bigint[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  child record;
BEGIN
  -- One writer of a case's audience at a time: two grants at once must not lose each other.
  PERFORM FROM incidents_incident WHERE id = ANY (ids) ORDER BY id FOR UPDATE;
  DELETE FROM incidents_access WHERE incident_id = ANY (ids) AND grade < 100;
  INSERT INTO incidents_access (principal, incident_id, grade, filed_at, until)
    SELECT g.principal, i.id, max(grade_number(p.codename)), i.filed_at,
           CASE WHEN bool_or(g.until IS NULL) THEN NULL ELSE max(g.until) END
      FROM (SELECT content_object_id, permission_id, principal, until FROM incidents_incidentgrouppermission
            UNION ALL SELECT content_object_id, permission_id, principal, until FROM incidents_incidentuserpermission) g
      JOIN incidents_incident i ON i.id = g.content_object_id
      JOIN auth_permission p ON p.id = g.permission_id
     WHERE i.id = ANY (ids) AND (g.until IS NULL OR g.until > clock_timestamp()) AND g.principal <> i.holder_id
     GROUP BY g.principal, i.id, i.filed_at;
  UPDATE incidents_incident i SET audience = a.everyone, evidence_audience = a.readers
    FROM (SELECT incident_id, array_agg(principal ORDER BY principal) AS everyone,
                 coalesce(array_agg(principal ORDER BY principal) FILTER (WHERE grade >= 20), '{}') AS readers
            FROM incidents_access WHERE incident_id = ANY (ids) GROUP BY incident_id) a
   WHERE i.id = a.incident_id AND (i.audience, i.evidence_audience) IS DISTINCT FROM (a.everyone, a.readers);
  FOR child IN
    SELECT c.oid::regclass::text AS name, col_description(c.oid, t.attnum) AS grade
      FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid
     WHERE t.attname = 'audience' AND NOT t.attisdropped AND c.relkind = 'r' AND col_description(c.oid, t.attnum) IN ('summary', 'evidence')
  LOOP
    EXECUTE format('UPDATE %s c SET audience = i.%I FROM incidents_incident i WHERE c.incident_id = i.id AND i.id = ANY ($1) AND c.audience IS DISTINCT FROM i.%I',
      child.name, CASE child.grade WHEN 'summary' THEN 'audience' ELSE 'evidence_audience' END,
      CASE child.grade WHEN 'summary' THEN 'audience' ELSE 'evidence_audience' END) USING ids;
  END LOOP;
END $$;

CREATE FUNCTION grant_names_principals() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  SELECT holder_id INTO NEW.holder_principal FROM incidents_incident WHERE id = NEW.content_object_id;
  IF TG_TABLE_NAME = 'incidents_incidentgrouppermission' THEN
    SELECT principal INTO NEW.principal FROM organisations_rolegroup WHERE group_id = NEW.group_id;
  ELSE
    NEW.principal := NEW.user_id;
  END IF;
  IF NEW.principal IS NULL OR NEW.holder_principal IS NULL THEN
    RAISE EXCEPTION 'a grant goes to an organisation, a role in one, or a person, on a case' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION grants_added() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM incidents_resync(ARRAY(SELECT DISTINCT content_object_id FROM changed));
  RETURN NULL;
END $$;

CREATE FUNCTION audience_from_case() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  SELECT CASE TG_ARGV[0] WHEN 'summary' THEN audience ELSE evidence_audience END INTO NEW.audience
    FROM incidents_incident WHERE id = NEW.incident_id FOR KEY SHARE;
  NEW.audience := coalesce(NEW.audience, '{}');
  RETURN NEW;
END $$;

CREATE FUNCTION incidents_expire_grants() RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  gone int; more int;
BEGIN
  DELETE FROM incidents_incidentgrouppermission WHERE until <= clock_timestamp();
  GET DIAGNOSTICS gone = ROW_COUNT;
  DELETE FROM incidents_incidentuserpermission WHERE until <= clock_timestamp();
  GET DIAGNOSTICS more = ROW_COUNT;
  RETURN gone + more;
END $$;

CREATE FUNCTION incidents_access_faults() RETURNS TABLE (incident_id bigint) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  WITH book AS (
    SELECT i.id, i.holder_id AS principal, 100 AS grade FROM incidents_incident i
    UNION ALL
    SELECT g.content_object_id, g.principal, max(grade_number(p.codename)) FROM
      (SELECT content_object_id, permission_id, principal, until FROM incidents_incidentgrouppermission
       UNION ALL SELECT content_object_id, permission_id, principal, until FROM incidents_incidentuserpermission) g
      JOIN auth_permission p ON p.id = g.permission_id JOIN incidents_incident i ON i.id = g.content_object_id
     WHERE (g.until IS NULL OR g.until > clock_timestamp()) AND g.principal <> i.holder_id GROUP BY 1, 2
  )
  SELECT coalesce(b.id, a.incident_id) FROM book b FULL JOIN incidents_access a ON a.incident_id = b.id AND a.principal = b.principal
   WHERE b.grade IS DISTINCT FROM a.grade::int
  UNION
  SELECT i.id FROM incidents_incident i
   WHERE i.audience IS DISTINCT FROM ARRAY(SELECT b.principal FROM book b WHERE b.id = i.id ORDER BY 1)
$$;
"""


def grant_triggers(table: str) -> str:
    """The same four triggers on both books of grants."""
    statements = [
        f"CREATE TRIGGER names_principals BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION grant_names_principals();"
    ]
    for event, rows in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        statements.append(
            f"CREATE TRIGGER grants_{event.lower()} AFTER {event} ON {table} REFERENCING {rows} TABLE AS changed"
            " FOR EACH STATEMENT EXECUTE FUNCTION grants_added();"
        )
    return "".join(statements)


# Literals are planned anew at each call; the rows are checked again by the caller's own policy.
READING = """
CREATE FUNCTION incident_search(words text, of_sector text, of_country text, of_status text, at_most int, before_filed timestamptz, before_id bigint)
RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $f$
BEGIN
  RETURN QUERY EXECUTE format(
    'SELECT i.id FROM incidents_incident i WHERE i.search @@ websearch_to_tsquery(''simple'', %L) AND i.audience && %L::int[]', words, app_orgs())
    || CASE WHEN before_filed IS NULL THEN '' ELSE format(' AND (i.filed_at, i.id) < (%L::timestamptz, %L::bigint)', before_filed, before_id) END
    || CASE WHEN of_status = '' THEN '' ELSE format(' AND i.status = %L', of_status) END
    || CASE WHEN of_sector = '' THEN '' ELSE format(' AND EXISTS (SELECT FROM incidents_victim v WHERE v.incident_id = i.id AND v.sector = %L)', of_sector) END
    || CASE WHEN of_country = '' THEN '' ELSE format(' AND EXISTS (SELECT FROM incidents_victim v WHERE v.incident_id = i.id AND v.country = %L)', of_country) END
    || format(' ORDER BY i.filed_at DESC, i.id DESC LIMIT %s', at_most);
END $f$;

CREATE FUNCTION incident_activity(root bigint, at_most int, before bigint) RETURNS SETOF ledger_entry
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT e.* FROM ledger_entry e
   WHERE e.root_id = root AND (before IS NULL OR e.id < before)
     AND EXISTS (SELECT FROM incidents_incident i WHERE i.id = root AND i.evidence_audience && app_orgs())
   ORDER BY e.id DESC LIMIT at_most
$$;
"""

REFERENCES = """
CREATE SEQUENCE incident_number_seq;
CREATE TABLE reference_key (key bytea NOT NULL);
COMMENT ON TABLE reference_key IS 'definer only';
INSERT INTO reference_key VALUES (decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'));

-- A keyed permutation (Feistel, cycle-walked) of a counter: short, speakable, never twice, and silent about how many there are.
CREATE FUNCTION incident_next_reference(year int) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  number bigint := nextval('incident_number_seq') - 1;
  width int := 6;
  half int := 10;
  secret bytea;
  l bigint; r bigint; f bigint;
BEGIN
  SELECT key INTO secret FROM reference_key;
  WHILE number >= 10 ^ width LOOP
    number := number - (10 ^ width)::bigint;
    width := width + 1;
    half := half + 2;
  END LOOP;
  LOOP
    l := number >> half;
    r := number & ((1::bigint << half) - 1);
    FOR round IN 1..6 LOOP
      f := ('x' || substr(encode(sha256(secret || int4send(round) || int4send(width) || int8send(r)), 'hex'), 1, 8))::bit(32)::bigint;
      SELECT r, l # (f & ((1::bigint << half) - 1)) INTO l, r;
    END LOOP;
    number := (l << half) | r;
    EXIT WHEN number < 10 ^ width;
  END LOOP;
  RETURN 'INC-' || year || '-' || lpad(number::text, width, '0');
END $$;
"""

OWNERS = (
    "ALTER FUNCTION incident_access_of_holder() OWNER TO norms_definer; ALTER FUNCTION grant_names_principals() OWNER TO norms_definer;"
    "ALTER FUNCTION grants_added() OWNER TO norms_definer; ALTER FUNCTION audience_from_case() OWNER TO norms_definer;"
    "ALTER TABLE reference_key OWNER TO norms_definer; GRANT USAGE ON SEQUENCE incident_number_seq TO norms_definer;"
    "ALTER FUNCTION incidents_resync(bigint[]) OWNER TO norms_definer; REVOKE ALL ON FUNCTION incidents_resync(bigint[]) FROM PUBLIC;"
    + rls.definer("incidents_expire_grants()")
    + rls.definer("incidents_access_faults()", to="norms_owner")
    + rls.definer("incident_search(text, text, text, text, int, timestamptz, bigint)")
    + rls.definer("incident_activity(bigint, int, bigint)")
    + rls.definer("incident_next_reference(int)")
)

HOLDS = f"holder_id = ANY ({rls.ORGS})"
GRANTED = f"principal = ANY ({rls.ORGS}) OR holder_principal = ANY ({rls.ORGS})"
GIVES = f"holder_principal = ANY ({rls.ORGS})"
MINE = f"author_id = {rls.ME}"


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_case")]
    operations = [
        rls.sql(COLUMNS),
        rls.sql(HOLDER),
        rls.sql(GRANTS),
        rls.sql(grant_triggers("incidents_incidentgrouppermission") + grant_triggers("incidents_incidentuserpermission")),
        rls.sql(READING),
        rls.sql(REFERENCES),
        rls.sql(OWNERS),
        rls.secure("incidents_incident", read=f"audience && {rls.ORGS}", add=HOLDS, edit=HOLDS),
        rls.secure("incidents_access", read=f"principal = ANY ({rls.ORGS})"),
        rls.secure("incidents_incidentgrouppermission", read=GRANTED, add=GIVES, edit=GIVES, drop=GIVES),
        rls.secure("incidents_incidentuserpermission", read=GRANTED, add=GIVES, edit=GIVES, drop=GIVES),
        rls.secure("incidents_draft", read=MINE, add=MINE, edit=MINE, drop=MINE),
        case_child("incidents_victim", grade="summary", drop=f"audience && {rls.ORGS}"),
        case_child("incidents_servicehit", grade="summary"),
        case_child("incidents_statement", grade="summary", edit=None),
        case_child("incidents_timelineentry", grade="summary", edit=None),
        case_child("incidents_incidentlink", grade="summary", edit=None),
    ]
