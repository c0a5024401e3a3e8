"""Webhooks hear what their organisation is told, through the same gate, and are asked for again at the moment of sending."""

from django.db import migrations

from core import rls

# An endpoint speaks for the whole organisation: a grant to a role or to a person of it opens nothing to its programs.
HEAR = """
CREATE FUNCTION notifications_hear(houses int[], given jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  INSERT INTO notifications_delivery (endpoint_id, organisation_id, message_id, key, kind, grade, root_id, reference, mark, subject, url, due_at, next_at)
  SELECT e.id, e.organisation_id, 'msg_' || replace(gen_random_uuid()::text, '-', ''), g.key, g.kind, g.grade, g.root_id, g.reference, g.mark,
         g.subject, g.url, g.due_at, g.moment
    FROM jsonb_to_record(given) AS g (key text, kind text, grade int, root_id bigint, reference text, mark text, subject text, url text,
                                      due_at timestamptz, moment timestamptz)
    JOIN notifications_endpoint e ON e.organisation_id = ANY (houses) AND e.ended_at IS NULL AND g.kind = ANY (e.kinds)
   WHERE g.root_id IS NULL OR EXISTS (
           SELECT FROM incidents_access a WHERE a.principal = e.organisation_id AND a.incident_id = g.root_id AND a.grade >= g.grade
              AND (a.until IS NULL OR a.until > clock_timestamp()))
  ON CONFLICT (endpoint_id, key) DO NOTHING
$$;

CREATE OR REPLACE FUNCTION notifications_tell(people int[], houses int[], given jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF cardinality(houses) > 0 THEN
    PERFORM notifications_hear(houses, given);
  END IF;
  IF (given->>'acknowledge')::boolean THEN
    houses := notifications_duty_open(houses, given);
  END IF;
  INSERT INTO notifications_notification (recipient_id, through_id, key, kind, reason, grade, root_id, reference, mark, subject, url,
                                          words, due_at, acknowledge, asked_by)
  SELECT DISTINCT ON (t.user_id) t.user_id, t.through, g.key, g.kind, g.reason, g.grade, g.root_id, g.reference, g.mark, g.subject, g.url,
         g.words, g.due_at, g.acknowledge, g.asked_by
    FROM jsonb_to_record(given) AS g (key text, kind text, reason text, grade int, root_id bigint, reference text, mark text, subject text,
                                      url text, words jsonb, due_at timestamptz, acknowledge boolean, asked_by int),
         (SELECT u.id AS user_id, NULL::int AS through FROM organisations_user u
           WHERE u.id = ANY (people) AND u.is_active AND NOT u.is_system
          UNION ALL
          SELECT p.user_id, p.through FROM notifications_people_of(houses) p WHERE p.user_id IS DISTINCT FROM app_user()) t
   ORDER BY t.user_id, t.through NULLS FIRST
  ON CONFLICT (recipient_id, key) DO NOTHING;
END $$;

-- Watched changes: an endpoint that asked for them hears each, of every case its organisation may see.
CREATE FUNCTION notifications_hear_change(given jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  INSERT INTO notifications_delivery (endpoint_id, organisation_id, message_id, key, kind, grade, root_id, reference, mark, subject, url, next_at)
  SELECT e.id, e.organisation_id, 'msg_' || replace(gen_random_uuid()::text, '-', ''), format('entry:%s', g.entry), g.kind, g.grade, i.id, i.reference,
         i.mark, g.label, format('/incidents/%s/', i.reference), g.moment
    FROM jsonb_to_record(given) AS g (kind text, grade int, root_id bigint, label text, entry bigint, moment timestamptz)
    JOIN notifications_endpoint e ON e.ended_at IS NULL AND g.kind = ANY (e.kinds)
    JOIN incidents_access a ON a.principal = e.organisation_id AND a.incident_id = g.root_id AND a.grade >= g.grade
     AND (a.until IS NULL OR a.until > clock_timestamp())
    JOIN incidents_incident i ON i.id = g.root_id
  ON CONFLICT (endpoint_id, key) DO NOTHING
$$;
"""

SEND = """
-- What is due, each handed out once in two minutes; at most so many of one endpoint, so that a slow one stops no other.
CREATE FUNCTION notifications_deliveries_take(moment timestamptz, most int, of_each int) RETURNS TABLE (delivery bigint, organisation int)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  WITH due AS (
    SELECT d.id, d.next_at, row_number() OVER (PARTITION BY d.endpoint_id ORDER BY d.next_at, d.id) AS turn
      FROM notifications_delivery d JOIN notifications_endpoint e ON e.id = d.endpoint_id
     WHERE d.state = 'pending' AND d.next_at <= moment AND (d.queued_until IS NULL OR d.queued_until <= moment)
       AND e.disabled_at IS NULL AND e.ended_at IS NULL
  ), taken AS (
    SELECT d.id FROM notifications_delivery d
     WHERE d.id = ANY (ARRAY(SELECT due.id FROM due WHERE due.turn <= of_each ORDER BY due.next_at, due.id LIMIT most))
       AND d.state = 'pending' AND (d.queued_until IS NULL OR d.queued_until <= moment)
       FOR UPDATE SKIP LOCKED
  )
  UPDATE notifications_delivery d SET queued_until = moment + interval '2 minutes' FROM taken WHERE d.id = taken.id
  RETURNING d.id, d.organisation_id
$$;

-- The mark a case has now, if this organisation as a whole may see it at this grade; no row otherwise.
CREATE FUNCTION notifications_mark_for(house int, of_case bigint, asked int) RETURNS SETOF varchar
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT i.mark FROM incidents_access a JOIN incidents_incident i ON i.id = a.incident_id
   WHERE house = ANY (app_orgs()) AND a.principal = house AND a.incident_id = of_case AND a.grade >= asked
     AND (a.until IS NULL OR a.until > clock_timestamp())
$$;

-- Cases (times 128, plus the grade) of one's deliveries that one's organisation may still see: a list names no other.
CREATE FUNCTION notifications_open_cases() RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(array_agg(n.root_id * 128 + n.grade), '{}') FROM (
    SELECT DISTINCT d.root_id, d.grade, d.organisation_id FROM notifications_delivery d
     WHERE d.organisation_id = ANY (app_orgs()) AND d.root_id IS NOT NULL) n
   WHERE EXISTS (SELECT FROM incidents_access a WHERE a.principal = n.organisation_id AND a.incident_id = n.root_id AND a.grade >= n.grade
                    AND (a.until IS NULL OR a.until > clock_timestamp()))
$$;

-- The platform notes that a message is withheld because its case is not seen any more: neither is its row.
CREATE FUNCTION notifications_withhold(of_delivery bigint, moment timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE notifications_delivery d SET state = 'withheld', next_at = NULL, queued_until = NULL, finished_at = moment
   WHERE d.id = of_delivery AND d.organisation_id = ANY (app_orgs()) AND d.state = 'pending' AND d.root_id IS NOT NULL
     AND NOT EXISTS (SELECT FROM notifications_mark_for(d.organisation_id, d.root_id, d.grade))
$$;

-- Forgets old news, and deliveries finished a quarter of a year ago.
CREATE OR REPLACE FUNCTION notifications_forget() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  DELETE FROM notifications_notification WHERE done_at < clock_timestamp() - interval '180 days' AND NOT acknowledge;
  DELETE FROM notifications_attempt WHERE delivery_id IN (SELECT id FROM notifications_delivery WHERE finished_at < clock_timestamp() - interval '90 days');
  DELETE FROM notifications_delivery WHERE finished_at < clock_timestamp() - interval '90 days';
$$;
"""

KEPT = """
CREATE TRIGGER delivery_as_told BEFORE UPDATE OF endpoint_id, organisation_id, message_id, key, kind, grade, root_id, reference, mark, subject,
  url, due_at, made_at ON notifications_delivery FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER attempt_as_made BEFORE UPDATE ON notifications_attempt FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER secret_as_made BEFORE UPDATE OF endpoint_id, organisation_id, sealed, made_at ON notifications_endpointsecret
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER endpoint_ended_once BEFORE UPDATE ON notifications_endpoint FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL)
  EXECUTE FUNCTION refuse_change();
"""

OURS = f"organisation_id = ANY ({rls.ORGS})"
SEEN = f"{OURS} AND (root_id IS NULL OR root_id * 128 + grade = ANY ((SELECT notifications_open_cases())::bigint[]))"


class Migration(migrations.Migration):
    dependencies = [("notifications", "0005_webhooks")]
    operations = [
        rls.sql(HEAR + SEND + KEPT),
        rls.sql(
            rls.definer("notifications_tell(int[], int[], jsonb)")
            + rls.definer("notifications_hear_change(jsonb)")
            + rls.definer("notifications_deliveries_take(timestamptz, int, int)")
            + rls.definer("notifications_mark_for(int, bigint, int)")
            + rls.definer("notifications_open_cases()")
            + rls.definer("notifications_withhold(bigint, timestamptz)")
            + rls.definer("notifications_forget()")
            + rls.definer("notifications_hear(int[], jsonb)", to="norms_definer")
        ),
        rls.secure("notifications_endpoint", read=OURS, add=OURS, edit=OURS),
        rls.secure("notifications_endpointsecret", read=OURS, add=OURS, edit=OURS),
        rls.secure("notifications_delivery", read=SEEN, add=OURS, edit=SEEN),
        rls.secure("notifications_attempt", read=OURS, add=OURS),
    ]
