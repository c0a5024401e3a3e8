"""The database backend: the first statement of every transaction says who is asking.

No principal, or no transaction: the policies answer with nothing. `SET LOCAL` in plain middleware would not do:
middleware runs outside the request's transaction.
"""

from typing import Any

from django.db.backends.postgresql import base

from core import tenancy

# The public pages' login reads published tables only, and knows no grants.
PUBLIC = "public"


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's wrapper; `OPTIONS["role"]` (tests) takes that role for each transaction."""

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        params.pop("role", None)
        return params

    def _set_autocommit(self, autocommit: bool) -> None:  # noqa: FBT001  (Django's signature)
        super()._set_autocommit(autocommit)  # type: ignore[misc]
        if not autocommit:
            self.bind_principal()

    def bind_principal(self) -> None:
        """Tells this transaction who is asking; called again when the principal changes inside it."""
        role = self.settings_dict["OPTIONS"].get("role")
        statement, values = tenancy.binding(tenancy.current(), tickets=self.alias != PUBLIC)
        with self.connection.cursor() as cursor:
            if role:
                cursor.execute(f"SET LOCAL ROLE {role}")  # from settings, never from a request
            cursor.execute(statement, values)
