"""Who looked: one narrow row for each look at a case, partitioned by month, not chained; and what each change was from and to.

The table of looks belongs to the definer, so that the clock can make the months ahead through one function. A look in a month
that was not made falls into the rest and stays there: nothing is lost, and nobody is turned away because a clock stood still.
"""

import django.db.models.functions.datetime
from django.db import migrations, models

from core import rls

LOOKS = """
CREATE SEQUENCE ledger_look_id_seq;
CREATE TABLE ledger_look (
  id bigint NOT NULL DEFAULT nextval('ledger_look_id_seq'),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  actor_id int NOT NULL,
  organisation_id int NOT NULL,
  holder_id int NOT NULL,
  root_id bigint NOT NULL,
  act varchar(10) NOT NULL CHECK (act IN ('opened', 'previewed', 'exported')),
  door varchar(8) NOT NULL CHECK (door IN ('page', 'api', 'task', 'command')),
  what varchar(80) NOT NULL,
  subject varchar(120) NOT NULL DEFAULT '',
  PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
ALTER SEQUENCE ledger_look_id_seq OWNED BY ledger_look.id;
CREATE INDEX ledger_look_of_case ON ledger_look (root_id, at DESC, id DESC);
CREATE INDEX ledger_look_at_holdings ON ledger_look (holder_id, at DESC, id DESC);
CREATE INDEX ledger_look_by_house ON ledger_look (organisation_id, at DESC, id DESC);
CREATE INDEX ledger_look_when ON ledger_look USING brin (at);
CREATE TABLE ledger_look_rest PARTITION OF ledger_look DEFAULT;
ALTER TABLE ledger_look_rest ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_look_rest FORCE ROW LEVEL SECURITY;
"""

# The months are those of UTC. A month whose looks have fallen into the rest already stays there.
MONTHS = """
CREATE FUNCTION ledger_look_months(ahead int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  month timestamp := date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC');
  name text;
  made int := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('ledger_look_months'));
  FOR step IN 0 .. least(ahead, 24) LOOP
    name := 'ledger_look_' || to_char(month, 'YYYY_MM');
    IF to_regclass('public.' || name) IS NULL
       AND NOT EXISTS (SELECT FROM ledger_look_rest r WHERE r.at >= month AT TIME ZONE 'UTC' AND r.at < (month + interval '1 month') AT TIME ZONE 'UTC') THEN
      EXECUTE format('CREATE TABLE public.%I PARTITION OF public.ledger_look FOR VALUES FROM (%L) TO (%L)', name,
        month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
      EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', name);
      EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', name);
      EXECUTE format('CREATE TRIGGER append_only_block BEFORE TRUNCATE ON public.%I FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change()', name);
      made := made + 1;
    END IF;
    month := month + interval '1 month';
  END LOOP;
  RETURN made;
END $$;
"""
# For the target list of the statement that opens a case: the policy on the table decides, as for any row.
NOTE = """
CREATE FUNCTION ledger_look_note(actor int, house int, holder int, root bigint, act text, door text, what text, subject text)
RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  INSERT INTO ledger_look (actor_id, organisation_id, holder_id, root_id, act, door, what, subject)
    VALUES (actor, house, holder, root, act, door, what, subject);
  RETURN true;
END $$;
REVOKE ALL ON FUNCTION ledger_look_note(int, int, int, bigint, text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_look_note(int, int, int, bigint, text, text, text, text) TO norms_app;
"""
OWNED = (
    "ALTER TABLE ledger_look OWNER TO norms_definer; ALTER TABLE ledger_look_rest OWNER TO norms_definer;"
    "GRANT SELECT, INSERT ON ledger_look TO norms_app; GRANT USAGE ON SEQUENCE ledger_look_id_seq TO norms_app;"
    + rls.definer("ledger_look_months(int)")
    + "SELECT ledger_look_months(3);"
)

# A change is committed to with a salt; its content and salt can be forgotten, and what the entry says of it still holds.
CHANGES = r"""
CREATE SEQUENCE ledger_change_id_seq;
CREATE TABLE ledger_change (
  id bigint PRIMARY KEY DEFAULT nextval('ledger_change_id_seq'),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  actor_id int,
  organisation_id int,
  root_id bigint,
  table_name varchar(60) NOT NULL,
  row_id varchar(40) NOT NULL,
  content text,
  salt bytea CHECK (octet_length(salt) = 32),
  commitment bytea NOT NULL CHECK (octet_length(commitment) = 32),
  entry_id bigint,
  transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
  CHECK ((content IS NULL) = (salt IS NULL))
);
ALTER SEQUENCE ledger_change_id_seq OWNED BY ledger_change.id;
CREATE INDEX ledger_change_of_case ON ledger_change (root_id, id DESC) WHERE root_id IS NOT NULL;
CREATE INDEX ledger_change_of_row ON ledger_change (table_name, row_id);
CREATE INDEX ledger_change_unclaimed ON ledger_change (transaction) WHERE entry_id IS NULL;
CREATE INDEX ledger_change_of_entry ON ledger_change (entry_id) WHERE entry_id IS NOT NULL;

CREATE FUNCTION ledger_change_commitment(salt bytea, content text) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN sha256(convert_to('norms-platform/change/1', 'UTF8') || salt || convert_to(content, 'UTF8'));

-- Arguments: the column that names the case, and columns that are not watched. Content that is sealed is never copied out of
-- its row, and what was copied before it was sealed is forgotten.
CREATE FUNCTION ledger_keep_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  before jsonb := CASE TG_OP WHEN 'INSERT' THEN '{}'::jsonb ELSE to_jsonb(OLD) END;
  after jsonb := CASE TG_OP WHEN 'DELETE' THEN '{}'::jsonb ELSE to_jsonb(NEW) END;
  row_now jsonb := CASE TG_OP WHEN 'DELETE' THEN before ELSE after END;
  unwatched text[] := string_to_array(TG_ARGV[1], ',');
  changed jsonb;
  said text;
  secret bytea;
BEGIN
  IF (before ->> 'sealed')::boolean OR (after ->> 'sealed')::boolean THEN
    IF (before -> 'sealed') = (after -> 'sealed') THEN
      RETURN NULL;
    END IF;
    changed := jsonb_build_object('sealed', jsonb_build_array(before -> 'sealed', after -> 'sealed'));
    UPDATE ledger_change c SET content = NULL, salt = NULL
     WHERE c.table_name = TG_TABLE_NAME AND c.row_id = row_now ->> 'id' AND c.content IS NOT NULL;
  ELSE
    SELECT jsonb_object_agg(key, jsonb_build_array(before -> key, after -> key)) INTO changed
      FROM jsonb_object_keys(before || after) AS keys(key)
     WHERE (before -> key) IS DISTINCT FROM (after -> key) AND NOT key = ANY (unwatched);
  END IF;
  IF changed IS NULL THEN
    RETURN NULL;
  END IF;
  said := changed::text;
  secret := sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
  INSERT INTO ledger_change (actor_id, organisation_id, root_id, table_name, row_id, content, salt, commitment)
    VALUES (app_user(), (app_orgs())[2], (row_now ->> TG_ARGV[0])::bigint, TG_TABLE_NAME, row_now ->> 'id', said, secret,
            ledger_change_commitment(secret, said));
  RETURN NULL;
END $$;

-- What was changed in this transaction and no entry speaks for yet; NULL when nothing was.
CREATE FUNCTION ledger_changes_digest() RETURNS bytea LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT sha256(convert_to('norms-platform/changes/1', 'UTF8') || string_agg(c.commitment, ''::bytea ORDER BY c.id))
    FROM ledger_change c WHERE c.entry_id IS NULL AND c.transaction = pg_current_xact_id_if_assigned()
$$;

-- "~changes" sorts after every other key (RFC 8785): the payload stays canonical.
CREATE OR REPLACE FUNCTION ledger_fill() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  changes bytea := ledger_changes_digest();
BEGIN
  IF changes IS NOT NULL THEN
    NEW.payload := CASE NEW.payload WHEN '{}' THEN '{' ELSE left(NEW.payload, -1) || ',' END
      || '"~changes":"' || encode(changes, 'hex') || '"}';
  END IF;
  NEW.recorded_at := clock_timestamp();
  NEW.leaf := sha256('\x00'::bytea || ledger_framed(NEW.id::text) || ledger_framed(NEW.verb) || ledger_framed(NEW.subject_type)
    || ledger_framed(NEW.subject_id) || ledger_framed(NEW.root_id::text) || ledger_framed(NEW.actor_id::text)
    || ledger_framed(NEW.organisation_id::text) || ledger_framed(NEW.instruments) || ledger_framed(NEW.payload)
    || ledger_framed(ledger_moment(NEW.recorded_at)));
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION ledger_queue() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO ledger_pending VALUES (NEW.id, NEW.recorded_at);
  IF NEW.payload LIKE '%"~changes":"%' THEN
    UPDATE ledger_change c SET entry_id = NEW.id WHERE c.entry_id IS NULL AND c.transaction = pg_current_xact_id();
  END IF;
  RETURN NULL;
END $$;

-- Content and salt leave together; everything else stays as it was. Entries are claimed once.
CREATE FUNCTION ledger_change_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - 'content' - 'salt' - 'entry_id' = to_jsonb(NEW) - 'content' - 'salt' - 'entry_id'
     AND (OLD.entry_id IS NULL OR NEW.entry_id = OLD.entry_id)
     AND ((NEW.content IS NULL AND NEW.salt IS NULL) OR (NEW.content = OLD.content AND NEW.salt = OLD.salt)) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% on % is refused: this record is append-only', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER kept_row BEFORE UPDATE OR DELETE ON ledger_change FOR EACH ROW EXECUTE FUNCTION ledger_change_kept();
CREATE TRIGGER append_only_all BEFORE TRUNCATE ON ledger_change FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- For the owner's recomputation: every change with what its entry says of all of them.
CREATE FUNCTION ledger_changes_walk(after bigint, batch int) RETURNS TABLE (
  id bigint, entry_id bigint, content text, salt bytea, commitment bytea
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT c.id, c.entry_id, c.content, c.salt, c.commitment FROM ledger_change c WHERE c.id > after ORDER BY c.id LIMIT batch
$$;
CREATE FUNCTION ledger_changes_faults() RETURNS TABLE (entry_id bigint) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT e.id FROM ledger_entry e
    LEFT JOIN (SELECT c.entry_id, encode(sha256(convert_to('norms-platform/changes/1', 'UTF8') || string_agg(c.commitment, ''::bytea ORDER BY c.id)), 'hex') AS digest
                 FROM ledger_change c WHERE c.entry_id IS NOT NULL GROUP BY c.entry_id) d ON d.entry_id = e.id
   WHERE substring(e.payload FROM '"~changes":"([0-9a-f]{64})"\}$') IS DISTINCT FROM d.digest
$$;
"""
CHANGE_OWNERS = (
    "ALTER FUNCTION ledger_keep_change() OWNER TO norms_definer; REVOKE ALL ON FUNCTION ledger_keep_change() FROM PUBLIC;"
    "GRANT EXECUTE ON FUNCTION ledger_keep_change() TO norms_app;"
    "COMMENT ON TABLE ledger_change IS 'definer only'; GRANT USAGE ON SEQUENCE ledger_change_id_seq TO norms_definer;"
    + rls.definer("ledger_changes_digest()")
    + "GRANT EXECUTE ON FUNCTION ledger_changes_digest() TO norms_owner;"
    + rls.definer("ledger_changes_walk(bigint, int)", to="norms_owner")
    + rls.definer("ledger_changes_faults()", to="norms_owner")
)
SEEN = f"organisation_id = ANY ({rls.ORGS}) OR holder_id = ANY ({rls.ORGS})"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_log")]
    operations = [
        rls.sql(LOOKS),
        rls.append_only("ledger_look"),
        rls.secure("ledger_look", read=SEEN, add=f"actor_id = {rls.ME} AND organisation_id = ANY ({rls.ORGS})"),
        rls.sql(MONTHS),
        rls.sql(OWNED),
        rls.sql(NOTE),
        rls.sql(CHANGES),
        rls.secure("ledger_change", read="false"),
        rls.sql(CHANGE_OWNERS),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='Look',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                        ('actor_id', models.IntegerField()),
                        ('organisation_id', models.IntegerField()),
                        ('holder_id', models.IntegerField()),
                        ('root_id', models.BigIntegerField()),
                        ('act', models.CharField(choices=[('opened', 'opened'), ('previewed', 'previewed'), ('exported', 'exported')], max_length=10)),
                        ('door', models.CharField(choices=[('page', 'page'), ('api', 'API'), ('task', 'worker'), ('command', 'command')], max_length=8)),
                        ('what', models.CharField(max_length=80)),
                        ('subject', models.CharField(max_length=120)),
                    ],
                ),
            ]
        ),
    ]  # fmt: skip
