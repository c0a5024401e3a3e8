"""The two tables of the ledger, partitioned by number from the first day (Django does not make partitions itself)."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from core import rls

BLOCK = 25_000_000
BLOCKS = 8

TABLES = """
CREATE SEQUENCE ledger_entry_id_seq;
CREATE TABLE ledger_entry (
  id bigint PRIMARY KEY DEFAULT nextval('ledger_entry_id_seq'),
  verb varchar(60) NOT NULL,
  subject_type varchar(60) NOT NULL,
  subject_id varchar(40) NOT NULL,
  root_id bigint,
  actor_id int NOT NULL,
  organisation_id int NOT NULL,
  instruments text NOT NULL,
  payload text NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT statement_timestamp(),
  leaf bytea NOT NULL DEFAULT ''
) PARTITION BY RANGE (id);
ALTER SEQUENCE ledger_entry_id_seq OWNED BY ledger_entry.id;
CREATE INDEX ledger_entry_of_case ON ledger_entry (root_id, id DESC) WHERE root_id IS NOT NULL;
CREATE INDEX ledger_entry_of_house ON ledger_entry (organisation_id, id DESC);

CREATE TABLE ledger_sequence (
  number bigint PRIMARY KEY,
  entry_id bigint NOT NULL,
  leaf bytea NOT NULL,
  previous bytea NOT NULL,
  hash bytea NOT NULL
) PARTITION BY RANGE (number);
CREATE INDEX ledger_sequence_entry ON ledger_sequence (entry_id);
"""


def partitions(table: str) -> str:
    """Blocks of equal size and one for the rest; none of them readable or changeable by itself."""
    lines = []
    names = [f"{table}_{block}" for block in range(BLOCKS)] + [f"{table}_rest"]
    for block, name in enumerate(names):
        bounds = f"FOR VALUES FROM ({block * BLOCK}) TO ({(block + 1) * BLOCK})" if block < BLOCKS else "DEFAULT"
        lines.append(
            f"CREATE TABLE {name} PARTITION OF {table} {bounds};"
            f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY; ALTER TABLE {name} FORCE ROW LEVEL SECURITY;"
            f"CREATE TRIGGER append_only_block BEFORE TRUNCATE ON {name} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();"
        )
    return "".join(lines)


class Migration(migrations.Migration):
    initial = True
    dependencies = [("core", "0001_tenancy")]
    operations = [
        rls.sql(TABLES),
        rls.sql(partitions("ledger_entry") + partitions("ledger_sequence")),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='Entry',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('verb', models.CharField(max_length=60)),
                        ('subject_type', models.CharField(max_length=60)),
                        ('subject_id', models.CharField(max_length=40)),
                        ('root_id', models.BigIntegerField(help_text='The case it belongs to, where there is one.', null=True)),
                        ('actor_id', models.IntegerField()),
                        ('organisation_id', models.IntegerField()),
                        ('instruments', models.TextField(help_text='Versions in force, canonical JSON (RFC 8785).')),
                        ('payload', models.TextField(help_text='What changed, canonical JSON (RFC 8785).')),
                        ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                        ('leaf', models.BinaryField(db_default=b'')),
                    ],
                    options={
                        'verbose_name_plural': 'entries',
                    },
                ),
                migrations.CreateModel(
                    name='Place',
                    fields=[
                        ('number', models.BigIntegerField(primary_key=True, serialize=False)),
                        ('leaf', models.BinaryField()),
                        ('previous', models.BinaryField()),
                        ('hash', models.BinaryField()),
                        ('entry', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='places', to='ledger.entry')),
                    ],
                    options={
                        'db_table': 'ledger_sequence',
                    },
                ),
            ]
        ),
    ]
