"""Migration operations that put the lock on the door: forced row-level security, append-only tables, definer functions.

A policy never holds `EXISTS`, `IN (SELECT …)` or a function call per row: those become sub-plans over everything a
tenant may see (measured, docs/explanation/tenancy.md). `(SELECT app_orgs())` is evaluated once per query.
"""

from django.db.migrations.operations import RunSQL

ORGS = "(SELECT app_orgs())::int[]"
ME = "(SELECT app_user())"


def sql(text: str) -> RunSQL:
    """SQL that a new migration overturns, not a reverse step: what holds the tenants apart is never rolled back."""
    return RunSQL(text, RunSQL.noop)


def secure(
    table: str, *, read: str, add: str | None = None, edit: str | None = None, drop: str | None = None
) -> RunSQL:
    """Forces row-level security on `table`; a verb without a condition is refused to the application.

    The definer role, which owns the few SECURITY DEFINER functions, passes: it cannot log in.
    """
    lines = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY;",
        f"CREATE POLICY definer ON {table} TO norms_definer USING (true) WITH CHECK (true);",
        f"CREATE POLICY tenant_read ON {table} FOR SELECT TO norms_app USING ({read});",
    ]
    if add:
        lines.append(f"CREATE POLICY tenant_add ON {table} FOR INSERT TO norms_app WITH CHECK ({add});")
    if edit:
        lines.append(
            f"CREATE POLICY tenant_edit ON {table} FOR UPDATE TO norms_app USING ({edit}) WITH CHECK ({edit});"
        )
    if drop:
        lines.append(f"CREATE POLICY tenant_drop ON {table} FOR DELETE TO norms_app USING ({drop});")
    return sql("\n".join(lines))


def append_only(table: str) -> RunSQL:
    """Nobody updates, deletes or truncates `table`, whatever their privileges: a trigger refuses."""
    return sql(
        f"CREATE TRIGGER append_only_row BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();"
        f"CREATE TRIGGER append_only_all BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();"
    )


def definer(signature: str, *, to: str = "norms_app") -> str:
    """SQL that hands a SECURITY DEFINER function to the definer role, callable by `to` alone."""
    return (
        f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC; ALTER FUNCTION {signature} OWNER TO norms_definer;"
        f"GRANT EXECUTE ON FUNCTION {signature} TO {to};"
    )
