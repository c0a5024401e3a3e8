"""Everybody reads the norms; only the owner's login adds one; nobody changes one."""

from django.db import migrations

from core import rls


class Migration(migrations.Migration):
    dependencies = [("core", "0001_tenancy"), ("instruments", "0001_instruments")]
    operations = [
        rls.append_only("instruments_instrument"),
        rls.sql("COMMENT ON TABLE instruments_instrument IS 'read only';"),
    ]
