"""The transparency log: what is in order becomes leaves of a Merkle tree (RFC 6962), each a salted commitment.

Nobody but these functions reaches the tables. They give out what is public (tiles, commitments, checkpoints) and, to whoever
already holds an entry's leaf, the opening of its commitment.
"""

from django.db import migrations

from core import rls

TABLES = """
CREATE TABLE ledger_commitment (
  number bigint PRIMARY KEY,
  salt bytea NOT NULL CHECK (octet_length(salt) = 32),
  commitment bytea NOT NULL CHECK (octet_length(commitment) = 32)
);
CREATE TABLE ledger_tile (
  level int NOT NULL,
  index bigint NOT NULL,
  hashes bytea NOT NULL CHECK (octet_length(hashes) = 8192),
  root bytea NOT NULL CHECK (octet_length(root) = 32),
  PRIMARY KEY (level, index)
);
CREATE TABLE ledger_checkpoint (
  size bigint PRIMARY KEY CHECK (size > 0),
  root bytea NOT NULL CHECK (octet_length(root) = 32),
  note text NOT NULL CHECK (length(note) < 10000),
  made_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE ledger_cosignature (
  size bigint NOT NULL REFERENCES ledger_checkpoint,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  line text NOT NULL CHECK (length(line) < 1000),
  PRIMARY KEY (size, name)
);
CREATE TABLE ledger_stamp (
  size bigint PRIMARY KEY REFERENCES ledger_checkpoint,
  token bytea NOT NULL CHECK (octet_length(token) < 100000),
  stamped_at timestamptz NOT NULL
);
"""
NAMES = ("ledger_commitment", "ledger_tile", "ledger_checkpoint", "ledger_cosignature", "ledger_stamp")

# As the sequencer does: one at a time, and nobody who writes entries waits for it. A tile is written once, when it is full.
GROWING = r"""
CREATE FUNCTION ledger_tile_root(hashes bytea) RETURNS bytea LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  row_of bytea[] := ARRAY(SELECT substr(hashes, n * 32 + 1, 32) FROM generate_series(0, octet_length(hashes) / 32 - 1) n ORDER BY n);
  half bytea[];
BEGIN
  WHILE array_length(row_of, 1) > 1 LOOP
    half := '{}';
    FOR at IN 1 .. array_length(row_of, 1) / 2 LOOP
      half[at] := sha256('\x01'::bytea || row_of[at * 2 - 1] || row_of[at * 2]);
    END LOOP;
    row_of := half;
  END LOOP;
  RETURN row_of[1];
END $$;

CREATE FUNCTION ledger_grow(batch int) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  have bigint;
  tile bigint;
  at_level int;
  at_index bigint;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtext('ledger_sequence')) THEN
    RETURN (SELECT coalesce(max(c.number), 0) FROM ledger_commitment c);
  END IF;
  SELECT coalesce(max(c.number), 0) INTO have FROM ledger_commitment c;
  INSERT INTO ledger_commitment (number, salt, commitment)
    SELECT fresh.number, fresh.salt, sha256(convert_to('norms-platform/commitment/1', 'UTF8') || fresh.salt || fresh.leaf)
      FROM (SELECT s.number, s.leaf,
                   sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) AS salt
              FROM ledger_sequence s WHERE s.number > have ORDER BY s.number LIMIT batch) fresh;
  SELECT coalesce(max(c.number), 0) INTO have FROM ledger_commitment c;
  SELECT coalesce(max(t.index) + 1, 0) INTO tile FROM ledger_tile t WHERE t.level = 0;
  WHILE (tile + 1) * 256 <= have LOOP
    INSERT INTO ledger_tile (level, index, hashes, root)
      SELECT 0, tile, full_row.hashes, ledger_tile_root(full_row.hashes)
        FROM (SELECT string_agg(sha256('\x00'::bytea || c.commitment), ''::bytea ORDER BY c.number) AS hashes
                FROM ledger_commitment c WHERE c.number > tile * 256 AND c.number <= (tile + 1) * 256) full_row;
    at_level := 0;
    at_index := tile;
    WHILE at_index % 256 = 255 LOOP
      at_level := at_level + 1;
      at_index := at_index / 256;
      INSERT INTO ledger_tile (level, index, hashes, root)
        SELECT at_level, at_index, full_row.hashes, ledger_tile_root(full_row.hashes)
          FROM (SELECT string_agg(t.root, ''::bytea ORDER BY t.index) AS hashes
                  FROM ledger_tile t WHERE t.level = at_level - 1 AND t.index BETWEEN at_index * 256 AND at_index * 256 + 255) full_row;
    END LOOP;
    tile := tile + 1;
  END LOOP;
  RETURN have;
END $$;
"""

READING = r"""
CREATE FUNCTION ledger_log_size() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT coalesce(max(number), 0) FROM ledger_commitment
$$;

CREATE FUNCTION ledger_log_tile(of_level int, of_index bigint, width int) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT coalesce(
    (SELECT substr(t.hashes, 1, width * 32) FROM ledger_tile t WHERE t.level = of_level AND t.index = of_index),
    CASE WHEN of_level = 0
      THEN (SELECT string_agg(sha256('\x00'::bytea || c.commitment), ''::bytea ORDER BY c.number)
              FROM ledger_commitment c WHERE c.number > of_index * 256 AND c.number <= of_index * 256 + least(width, 256))
      ELSE (SELECT string_agg(t.root, ''::bytea ORDER BY t.index)
              FROM ledger_tile t WHERE t.level = of_level - 1 AND t.index >= of_index * 256 AND t.index < of_index * 256 + least(width, 256))
    END)
$$;

CREATE FUNCTION ledger_log_commitments(of_index bigint, width int) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT string_agg(c.commitment, ''::bytea ORDER BY c.number)
    FROM ledger_commitment c WHERE c.number > of_index * 256 AND c.number <= of_index * 256 + least(width, 256)
$$;

-- Asked with the entry's leaf: who does not have the entry does not have that.
CREATE FUNCTION ledger_opening(of_entry bigint, of_leaf bytea) RETURNS TABLE (number bigint, salt bytea, commitment bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT c.number, c.salt, c.commitment FROM ledger_sequence s JOIN ledger_commitment c ON c.number = s.number
   WHERE s.entry_id = of_entry AND s.leaf = of_leaf
$$;

CREATE FUNCTION ledger_log_walk(after bigint, batch int) RETURNS TABLE (number bigint, leaf bytea, salt bytea, commitment bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT c.number, s.leaf, c.salt, c.commitment FROM ledger_commitment c LEFT JOIN ledger_sequence s ON s.number = c.number
   WHERE c.number > after ORDER BY c.number LIMIT batch
$$;
"""

CHECKPOINTS = r"""
CREATE FUNCTION ledger_checkpoint_add(new_size bigint, new_root bytea, new_note text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('ledger_checkpoint'));
  IF new_size <= (SELECT coalesce(max(c.size), 0) FROM ledger_checkpoint c) THEN
    RETURN false;
  END IF;
  IF new_size > (SELECT coalesce(max(c.number), 0) FROM ledger_commitment c) THEN
    RAISE EXCEPTION 'a checkpoint cannot be larger than its tree' USING ERRCODE = 'check_violation';
  END IF;
  INSERT INTO ledger_checkpoint (size, root, note) VALUES (new_size, new_root, new_note);
  RETURN true;
END $$;

CREATE FUNCTION ledger_checkpoints(upto bigint, at_most int) RETURNS TABLE (size bigint, root bytea, note text, made_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT c.size, c.root, c.note, c.made_at FROM ledger_checkpoint c WHERE c.size <= upto ORDER BY c.size DESC LIMIT at_most
$$;

CREATE FUNCTION ledger_checkpoint_signed(of_size bigint) RETURNS TABLE (name text, line text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT s.name, s.line FROM ledger_cosignature s WHERE s.size = of_size ORDER BY s.name
$$;

CREATE FUNCTION ledger_cosign(of_size bigint, by_name text, with_line text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO ledger_cosignature (size, name, line) VALUES (of_size, by_name, with_line) ON CONFLICT DO NOTHING;
  RETURN FOUND;
END $$;

CREATE FUNCTION ledger_checkpoint_stamp(of_size bigint) RETURNS TABLE (token bytea, stamped_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT s.token, s.stamped_at FROM ledger_stamp s WHERE s.size = of_size
$$;

CREATE FUNCTION ledger_stamp_add(of_size bigint, new_token bytea, new_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO ledger_stamp (size, token, stamped_at) VALUES (of_size, new_token, new_at) ON CONFLICT DO NOTHING;
  RETURN FOUND;
END $$;
"""

# Who may call what: everybody reads what is public, the application writes, the owner recomputes.
FUNCTIONS = {
    "ledger_grow(int)": ("norms_app",),
    "ledger_log_size()": ("norms_app", "norms_public", "norms_owner"),
    "ledger_log_tile(int, bigint, int)": ("norms_app", "norms_public", "norms_owner"),
    "ledger_log_commitments(bigint, int)": ("norms_app", "norms_public"),
    "ledger_opening(bigint, bytea)": ("norms_app",),
    "ledger_log_walk(bigint, int)": ("norms_owner",),
    "ledger_checkpoint_add(bigint, bytea, text)": ("norms_app",),
    "ledger_checkpoints(bigint, int)": ("norms_app", "norms_public", "norms_owner"),
    "ledger_checkpoint_signed(bigint)": ("norms_app", "norms_public", "norms_owner"),
    "ledger_cosign(bigint, text, text)": ("norms_app", "norms_public"),
    "ledger_checkpoint_stamp(bigint)": ("norms_app", "norms_public", "norms_owner"),
    "ledger_stamp_add(bigint, bytea, timestamptz)": ("norms_app",),
}


def walls() -> list[migrations.operations.base.Operation]:
    """No login reads a table: the functions are the only doors."""
    shut: list[migrations.operations.base.Operation] = []
    for name in NAMES:
        shut += [rls.append_only(name), rls.secure(name, read="false"), rls.sql(f"COMMENT ON TABLE {name} IS 'definer only';")]
    return shut


def doors() -> str:
    """The functions in the definer's hands."""
    return "".join(
        rls.definer(signature, to=callers[0]) + "".join(f"GRANT EXECUTE ON FUNCTION {signature} TO {each};" for each in callers[1:])
        for signature, callers in FUNCTIONS.items()
    )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_walls")]
    operations = [
        rls.sql(TABLES),
        *walls(),
        rls.sql(GROWING + READING + CHECKPOINTS),
        rls.sql(doors()),
    ]
