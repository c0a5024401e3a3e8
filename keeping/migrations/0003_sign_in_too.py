"""With an account go the traces of its signing in: sessions, where they came from, and who it was at an organisation's own house."""

from django.db import migrations

from core import rls

from importlib import import_module

FORGETTING = import_module("keeping.migrations.0002_retention").MINIMISE.replace(
    "CREATE FUNCTION keeping_minimise", "CREATE OR REPLACE FUNCTION keeping_minimise"
).replace(
    "    factors AS (",
    "    sessions AS (DELETE FROM signin_signin s USING due WHERE s.user_id = due.id),\n"
    "    identities AS (DELETE FROM signin_identity n USING due WHERE n.user_id = due.id),\n"
    "    factors AS (",
)


class Migration(migrations.Migration):
    dependencies = [("keeping", "0002_retention"), ("signin", "0001_signin")]
    operations = [rls.sql(FORGETTING)]
