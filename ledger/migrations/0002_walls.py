"""What makes it a ledger: the database fills and hashes each entry, one function orders them, nothing is ever changed."""

from django.db import migrations

from core import rls

RECORDING = """
CREATE FUNCTION ledger_moment(at timestamptz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  RETURN to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
CREATE FUNCTION ledger_framed(field text) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN int4send(octet_length(convert_to(coalesce(field, ''), 'UTF8'))) || convert_to(coalesce(field, ''), 'UTF8');

CREATE FUNCTION ledger_fill() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.recorded_at := clock_timestamp();
  NEW.leaf := sha256('\\x00'::bytea || ledger_framed(NEW.id::text) || ledger_framed(NEW.verb) || ledger_framed(NEW.subject_type)
    || ledger_framed(NEW.subject_id) || ledger_framed(NEW.root_id::text) || ledger_framed(NEW.actor_id::text)
    || ledger_framed(NEW.organisation_id::text) || ledger_framed(NEW.instruments) || ledger_framed(NEW.payload)
    || ledger_framed(ledger_moment(NEW.recorded_at)));
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_fill BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_fill();

CREATE TABLE ledger_pending (entry_id bigint PRIMARY KEY, recorded_at timestamptz NOT NULL);
COMMENT ON TABLE ledger_pending IS 'definer only';
CREATE FUNCTION ledger_queue() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO ledger_pending VALUES (NEW.id, NEW.recorded_at);
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_queue AFTER INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_queue();
"""

# One sequencer at a time; whoever writes entries never waits for it.
SEQUENCING = """
CREATE FUNCTION ledger_sequence_pending(batch int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  place bigint;
  head bytea;
  item record;
  done int := 0;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtext('ledger_sequence')) THEN
    RETURN 0;
  END IF;
  SELECT s.number, s.hash INTO place, head FROM ledger_sequence s ORDER BY s.number DESC LIMIT 1;
  IF NOT FOUND THEN
    place := 0;
    head := decode(repeat('00', 32), 'hex');
  END IF;
  FOR item IN
    SELECT e.id, e.leaf FROM ledger_pending p JOIN ledger_entry e ON e.id = p.entry_id ORDER BY p.entry_id LIMIT batch
  LOOP
    place := place + 1;
    INSERT INTO ledger_sequence (number, entry_id, leaf, previous, hash)
      VALUES (place, item.id, item.leaf, head, sha256('\\x01'::bytea || int8send(place) || item.leaf || head))
      RETURNING hash INTO head;
    DELETE FROM ledger_pending WHERE entry_id = item.id;
    done := done + 1;
  END LOOP;
  RETURN done;
END $$;

CREATE FUNCTION ledger_delay() RETURNS TABLE (pending bigint, oldest double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT count(*), extract(epoch FROM clock_timestamp() - min(recorded_at))::float8 FROM ledger_pending
$$;

CREATE FUNCTION ledger_walk(after bigint, batch int) RETURNS TABLE (
  number bigint, entry_id bigint, place_leaf bytea, previous bytea, hash bytea, entry_leaf bytea, verb varchar, subject_type varchar,
  subject_id varchar, root_id bigint, actor_id int, organisation_id int, instruments text, payload text, recorded_at timestamptz
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT s.number, s.entry_id, s.leaf, s.previous, s.hash, e.leaf, e.verb, e.subject_type, e.subject_id, e.root_id, e.actor_id,
         e.organisation_id, e.instruments, e.payload, e.recorded_at
    FROM ledger_sequence s LEFT JOIN ledger_entry e ON e.id = s.entry_id
   WHERE s.number > after ORDER BY s.number LIMIT batch
$$;

CREATE FUNCTION ledger_stray() RETURNS TABLE (entry_id bigint) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT e.id FROM ledger_entry e
   WHERE NOT EXISTS (SELECT FROM ledger_sequence s WHERE s.entry_id = e.id)
     AND NOT EXISTS (SELECT FROM ledger_pending p WHERE p.entry_id = e.id)
  UNION ALL
  SELECT s.entry_id FROM ledger_sequence s GROUP BY s.entry_id HAVING count(*) > 1
$$;
"""

OWNERS = (
    "ALTER TABLE ledger_pending OWNER TO norms_definer;"
    "ALTER FUNCTION ledger_queue() OWNER TO norms_definer; REVOKE ALL ON FUNCTION ledger_queue() FROM PUBLIC; GRANT EXECUTE ON FUNCTION ledger_queue() TO norms_app;"
    + rls.definer("ledger_sequence_pending(int)")
    + rls.definer("ledger_delay()")
    + "GRANT EXECUTE ON FUNCTION ledger_delay() TO norms_owner;"
    + rls.definer("ledger_walk(bigint, int)", to="norms_owner")
    + rls.definer("ledger_stray()", to="norms_owner")
)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_ledger")]
    operations = [
        rls.sql(RECORDING),
        rls.sql(SEQUENCING),
        rls.append_only("ledger_entry"),
        rls.append_only("ledger_sequence"),
        rls.secure(
            "ledger_entry",
            read=f"organisation_id = ANY ({rls.ORGS})",
            add=f"actor_id = {rls.ME} AND organisation_id = ANY ({rls.ORGS})",
        ),
        rls.secure("ledger_sequence", read="false"),
        rls.sql("COMMENT ON TABLE ledger_sequence IS 'definer only';"),
        rls.sql(OWNERS),
    ]
