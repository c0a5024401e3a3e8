"""Who may read, add and publish figures, kept by the database itself; and what the counting may see of the cases.

No tenant may see all cases, and nobody who prepares figures does either: `publication_records` hands out, to a
publisher of the secretariat and to nobody else, what the tables count and no more. No number, reference, title, date,
country or name leaves it; a case is a keyed hash, an organisation a number that holds for this one call. The embargo and
the exclusions are applied inside, from the adopted rules, so that no argument can widen them. Each call leaves a trace.
"""

from django.db import migrations

from core import rls

# Regions of the United Nations' standard M49 (statistical convenience, no opinion on status). What is in none is unknown.
REGIONS = {
    "africa": "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW IO KE KM LR LS LY MA MG ML MR MU MW"
    " MZ NA NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TF TG TN TZ UG YT ZA ZM ZW",
    "americas": "AG AI AR AW BB BL BM BO BQ BR BS BV BZ CA CL CO CR CU CW DM DO EC FK GD GF GL GP GS GT GY HN HT JM KN"
    " KY LC MF MQ MS MX NI PA PE PM PR PY SR SV SX TC TT US UY VC VE VG VI",
    "asia": "AE AF AM AZ BD BH BN BT CN CY GE HK ID IL IN IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO MV MY NP OM PH"
    " PK PS QA SA SG SY TH TJ TL TM TR TW UZ VN YE",
    "europe": "AD AL AT AX BA BE BG BY CH CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK"
    " MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA",
    "oceania": "AS AU CC CK CX FJ FM GU HM KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF WS",
}

REGION_OF = (
    "CREATE FUNCTION publication_region(country text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE "
    + " ".join(
        f"WHEN country IN ({', '.join(repr(code) for code in codes.split())}) THEN '{region}'"
        for region, codes in REGIONS.items()
    )
    + " END;"
)

WHO = """
-- Whoever is bound to this transaction is, now, a publisher of the secretariat, acting for it.
CREATE FUNCTION publication_is_publisher() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT EXISTS (
    SELECT FROM organisations_membership m JOIN organisations_organisation o ON o.id = m.organisation_id
     WHERE m.user_id = app_user() AND o.is_secretariat AND o.id = ANY (app_orgs()) AND m.roles @> ARRAY['publisher']::varchar[]
       AND (m.until IS NULL OR m.until > clock_timestamp()))
$$;

CREATE FUNCTION publication_release_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT publication_is_publisher() OR NEW.status <> 'preparing' OR NEW.sha256 <> '' THEN
    RAISE EXCEPTION 'a release is begun by a publisher of the secretariat' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER begins BEFORE INSERT ON publication_release FOR EACH ROW EXECUTE FUNCTION publication_release_begins();

CREATE FUNCTION publication_release_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  may text[];
  changed text[];
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a release is never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  may := CASE OLD.status || '>' || NEW.status
    WHEN 'preparing>preparing' THEN ARRAY['sent_at']
    WHEN 'preparing>prepared' THEN ARRAY['status', 'sha256', 'figures_count', 'hidden_count', 'compared_with', 'prepared_at']
    WHEN 'preparing>refused' THEN ARRAY['status', 'refusal', 'compared_with']
    WHEN 'preparing>discarded' THEN ARRAY['status', 'discarded_by_id', 'discarded_because']
    WHEN 'prepared>discarded' THEN ARRAY['status', 'discarded_by_id', 'discarded_because']
    WHEN 'prepared>published' THEN ARRAY['status', 'checked_by_id', 'published_at', 'number']
  END;
  SELECT array_agg(n.key) INTO changed FROM jsonb_each(to_jsonb(NEW)) n WHERE n.value IS DISTINCT FROM to_jsonb(OLD) -> n.key;
  IF may IS NULL OR NOT coalesce(changed, '{}') <@ may THEN
    RAISE EXCEPTION 'a release that is % may not change % to become %', OLD.status, changed, NEW.status USING ERRCODE = 'restrict_violation';
  END IF;
  IF NOT publication_is_publisher() OR (NEW.status = 'published' AND NEW.checked_by_id IS DISTINCT FROM app_user()) THEN
    RAISE EXCEPTION 'a release is published by a publisher of the secretariat, in their own name' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER moves BEFORE UPDATE OR DELETE ON publication_release FOR EACH ROW EXECUTE FUNCTION publication_release_moves();
CREATE TRIGGER stays BEFORE TRUNCATE ON publication_release FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

PARTS = """
CREATE FUNCTION publication_part_added() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  whole record;
BEGIN
  IF TG_TABLE_NAME = 'publication_publishedtable' THEN
    SELECT r.status, r.organisation_id INTO whole FROM publication_release r WHERE r.id = NEW.release_id FOR KEY SHARE;
  ELSE
    SELECT r.status, r.organisation_id INTO whole FROM publication_release r JOIN publication_publishedtable t ON t.release_id = r.id
     WHERE t.id = NEW.table_id;
  END IF;
  IF whole.status IS DISTINCT FROM 'preparing' THEN
    RAISE EXCEPTION 'figures are added while a release is being counted, and never after' USING ERRCODE = 'restrict_violation';
  END IF;
  NEW.organisation_id := whole.organisation_id;
  NEW.published_at := NULL;
  RETURN NEW;
END $$;

CREATE FUNCTION publication_part_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'UPDATE' OR OLD.published_at IS NOT NULL OR NEW.published_at IS NULL
     OR (to_jsonb(OLD) - 'published_at') IS DISTINCT FROM (to_jsonb(NEW) - 'published_at') THEN
    RAISE EXCEPTION '% on % is refused: figures are never changed', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

-- All of a release becomes public in one moment, by this alone.
CREATE FUNCTION publication_opens() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  UPDATE publication_publishedcell c SET published_at = NEW.published_at FROM publication_publishedtable t
   WHERE t.release_id = NEW.id AND c.table_id = t.id;
  UPDATE publication_publishedtable SET published_at = NEW.published_at WHERE release_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER opens AFTER UPDATE OF status ON publication_release FOR EACH ROW WHEN (NEW.status = 'published') EXECUTE FUNCTION publication_opens();
"""


def part(table: str) -> str:
    """Rows that come with their release and are never changed; the trigger's name takes UPDATE and DELETE from the application."""
    return (
        f"CREATE TRIGGER added BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION publication_part_added();"
        f"CREATE TRIGGER append_only_row BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION publication_part_stays();"
        f"CREATE TRIGGER append_only_all BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();"
    )


def public(table: str) -> str:
    """What the public login may read: published rows, by a test inside the row."""
    return (
        f"COMMENT ON TABLE {table} IS 'public';"
        f"CREATE POLICY public_read ON {table} FOR SELECT TO norms_public USING (published_at IS NOT NULL);"
    )


GATHERING = """
CREATE TABLE publication_key (key bytea NOT NULL);
COMMENT ON TABLE publication_key IS 'definer only';
INSERT INTO publication_key VALUES (decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'));

CREATE TABLE publication_gathering (at timestamptz NOT NULL DEFAULT clock_timestamp(), user_id int NOT NULL, login name NOT NULL DEFAULT session_user);
COMMENT ON TABLE publication_gathering IS 'definer only';
CREATE TRIGGER append_only_row BEFORE UPDATE OR DELETE ON publication_gathering FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION publication_records(on_day date, rules_version text)
RETURNS TABLE (record_key text, tenant int, year int, sector text, region text, tier text, victims bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  secret bytea;
  embargo int;
  last_day date := least(on_day, (clock_timestamp() AT TIME ZONE 'UTC')::date);
BEGIN
  IF NOT publication_is_publisher() THEN
    RAISE EXCEPTION 'cases are counted for a publisher of the secretariat' USING ERRCODE = 'insufficient_privilege';
  END IF;
  SELECT (content ->> 'embargo_days')::int INTO STRICT embargo FROM instruments_instrument WHERE kind = 'disclosure-rules' AND version = rules_version;
  SELECT key INTO STRICT secret FROM publication_key;
  INSERT INTO publication_gathering (user_id) VALUES (app_user());
  RETURN QUERY
  WITH counted AS (
    SELECT i.id, i.holder_id, i.people_best,
           extract(year FROM coalesce(i.began_at, i.detected_at) AT TIME ZONE 'UTC')::int AS began_year
      FROM incidents_incident i
     WHERE NOT i.is_exercise AND i.mark <> 'TLP:RED'
       AND (i.status = 'closed' OR last_day - (i.filed_at AT TIME ZONE 'UTC')::date > embargo)
  ), hit AS (
    SELECT v.incident_id, count(DISTINCT v.sector) AS sectors, min(v.sector) AS sector,
           count(DISTINCT publication_region(v.country)) AS regions, min(publication_region(v.country)) AS region
      FROM incidents_victim v GROUP BY v.incident_id
  ), found AS (
    SELECT f.incident_id, max(f.tier) AS tier FROM attribution_finding f WHERE f.standing IN ('current', 'revised') GROUP BY f.incident_id
  )
  SELECT encode(sha256(secret || sha256(secret || int8send(c.id))), 'hex'),
         (dense_rank() OVER (ORDER BY sha256(secret || convert_to(txid_current() || ' ' || c.holder_id, 'UTF8'))))::int,
         c.began_year,
         CASE WHEN h.sectors > 1 THEN 'several' ELSE coalesce(h.sector, '') END::text,
         CASE WHEN h.regions > 1 THEN 'several' ELSE coalesce(h.region, '') END::text,
         coalesce(f.tier, 'T0')::text, c.people_best
    FROM counted c LEFT JOIN hit h ON h.incident_id = c.id LEFT JOIN found f ON f.incident_id = c.id
   ORDER BY 1;
END $$;

-- For the worker: who asked, and for whom. Nothing about figures.
CREATE FUNCTION publication_preparer(release bigint) RETURNS TABLE (user_id int, organisation_id int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT prepared_by_id, organisation_id FROM publication_release WHERE id = release AND status = 'preparing'
$$;
"""

OWNERS = (
    rls.definer("publication_is_publisher()")
    + rls.definer("publication_records(date, text)")
    + rls.definer("publication_preparer(bigint)")
    + "ALTER FUNCTION publication_part_added() OWNER TO norms_definer; ALTER FUNCTION publication_opens() OWNER TO norms_definer;"
    "ALTER TABLE publication_key OWNER TO norms_definer; ALTER TABLE publication_gathering OWNER TO norms_definer;"
)

READS = f"published_at IS NOT NULL OR organisation_id = ANY ({rls.ORGS})"
OWN = f"organisation_id = ANY ({rls.ORGS})"
PART_TABLES = ("publication_publishedtable", "publication_publishedcell")


class Migration(migrations.Migration):
    dependencies = [
        ("publication", "0001_releases"),
        ("incidents", "0002_walls"),
        ("attribution", "0001_propositions"),
        ("instruments", "0001_instruments"),
    ]
    operations = [
        rls.sql(REGION_OF),
        rls.sql(WHO),
        rls.sql(PARTS),
        rls.sql(GATHERING),
        rls.sql(OWNERS),
        rls.secure("publication_release", read=READS, add=f"prepared_by_id = {rls.ME} AND {OWN}", edit=OWN),
        *(rls.secure(table, read=READS, add=OWN) for table in PART_TABLES),
        *(rls.sql(part(table)) for table in PART_TABLES),
        *(rls.sql(public(table)) for table in ("publication_release", *PART_TABLES)),
    ]
