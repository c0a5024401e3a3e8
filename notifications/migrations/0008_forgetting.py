"""What waits for a disabled or ended webhook is dropped after thirty days: nothing piles up for years."""

from django.db import migrations

from core import rls

FORGET = """
CREATE OR REPLACE FUNCTION notifications_forget() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  DELETE FROM notifications_notification WHERE done_at < clock_timestamp() - interval '180 days' AND NOT acknowledge;
  UPDATE notifications_delivery d SET state = 'failed', next_at = NULL, queued_until = NULL, finished_at = clock_timestamp(), last_problem = 'waited'
    FROM notifications_endpoint e WHERE e.id = d.endpoint_id AND (e.disabled_at IS NOT NULL OR e.ended_at IS NOT NULL)
     AND d.state = 'pending' AND d.made_at < clock_timestamp() - interval '30 days';
  DELETE FROM notifications_attempt WHERE delivery_id IN (SELECT id FROM notifications_delivery WHERE finished_at < clock_timestamp() - interval '90 days');
  DELETE FROM notifications_delivery WHERE finished_at < clock_timestamp() - interval '90 days';
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0007_calendar_owner")]
    operations = [rls.sql(FORGET + rls.definer("notifications_forget()"))]
