"""Whose calendar an address is: rooms above add the deadlines their owner may see."""

from django.db import migrations

from core import rls

OWNER = """
CREATE FUNCTION notifications_calendar_owner(of_digest text) RETURNS int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT c.user_id FROM notifications_calendaraddress c JOIN organisations_user u ON u.id = c.user_id
   WHERE c.digest = of_digest AND c.revoked_at IS NULL AND u.is_active
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0006_webhook_walls")]
    operations = [rls.sql(OWNER + rls.definer("notifications_calendar_owner(text)"))]
