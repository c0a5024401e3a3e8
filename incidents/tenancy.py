"""The migration operation that ties a table to its case's audience."""

from typing import Literal

from django.db.migrations.operations import RunSQL

from core import rls

SEES = f"audience && {rls.ORGS}"


def case_child(
    table: str,
    *,
    grade: Literal["summary", "evidence"],
    read: str = SEES,
    add: str = SEES,
    edit: str | None = SEES,
    drop: str | None = None,
) -> RunSQL:
    """`table` (with its `incident_id`) is seen by whoever may see that part of the case.

    The database fills `audience` when a row is added and whenever the case's grants change; the comment on the column
    says which grade opens it. A row never moves to another case.
    """
    own = rls.secure(table, read=read, add=add, edit=edit, drop=drop)
    return rls.sql(
        f"ALTER TABLE {table} ADD COLUMN audience int[] NOT NULL DEFAULT '{{}}';"
        f"COMMENT ON COLUMN {table}.audience IS '{grade}';"
        f"CREATE TRIGGER audience_from_case BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION audience_from_case('{grade}');"
        f"CREATE TRIGGER stays_with_case BEFORE UPDATE OF incident_id ON {table} FOR EACH ROW"
        f" WHEN (OLD.incident_id IS DISTINCT FROM NEW.incident_id) EXECUTE FUNCTION refuse_change();" + str(own.sql)
    )


def append_only_child(table: str) -> RunSQL:
    """Rows of a case's table that nobody changes or drops. Only `audience` may move, with the case's grants (a trigger's work)."""
    return rls.sql(
        f"CREATE TRIGGER append_only_row BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();"
        f"CREATE TRIGGER append_only_update BEFORE UPDATE ON {table} FOR EACH ROW"
        f" WHEN ((to_jsonb(OLD) - 'audience') IS DISTINCT FROM (to_jsonb(NEW) - 'audience')) EXECUTE FUNCTION refuse_change();"
        f"CREATE TRIGGER append_only_all BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();"
    )
