"""Whose an inbox is: its reader's alone, and only while they may see the case it speaks of.

This room stands below the case's, so cases are named here in SQL (docs/decisions/0003).
"""

from django.db import migrations

from core import rls

# Asked once per query, for the reader's own rows, through the indexes on recipient and on (principal, case).
OPEN = """
CREATE FUNCTION notifications_open() RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT coalesce(array_agg(n.id), '{}') FROM notifications_notification n
   WHERE n.recipient_id = app_user()
     AND (n.root_id IS NULL OR EXISTS (
           SELECT FROM incidents_access a
            WHERE a.principal = ANY (app_orgs()) AND a.incident_id = n.root_id AND a.grade >= n.grade
              AND (a.until IS NULL OR a.until > clock_timestamp())))
$$;
"""

# The one way in. Nothing comes back: whether somebody was told already is theirs to know.
TELL = """
CREATE FUNCTION notifications_people_of(houses int[]) RETURNS TABLE (user_id int, through int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  WITH members AS (
    SELECT m.organisation_id, m.user_id, 'coordinator' = ANY (m.roles) AS coordinates, 'org_admin' = ANY (m.roles) AS administers
      FROM organisations_membership m JOIN organisations_user u ON u.id = m.user_id
     WHERE m.organisation_id = ANY (houses) AND u.is_active AND NOT u.is_system
       AND (m.until IS NULL OR m.until > clock_timestamp())
  )
  SELECT m.user_id, m.organisation_id FROM members m
   WHERE m.coordinates OR (m.administers AND NOT EXISTS (
           SELECT FROM members c WHERE c.organisation_id = m.organisation_id AND c.coordinates))
$$;

CREATE FUNCTION notifications_tell(people int[], houses int[], given jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
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
  ON CONFLICT (recipient_id, key) DO NOTHING
$$;

-- A row a watcher, case (or thing of it), grade and day: it counts, and comes back when there is more.
CREATE FUNCTION notifications_tell_watchers(given jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  INSERT INTO notifications_notification AS n (recipient_id, key, kind, reason, grade, root_id, reference, mark, subject, url, words, acknowledge)
  SELECT w.user_id, format('watch:%s:%s:%s:%s', w.root_id, w.subject, g.grade, g.day), g.kind, 'watched', g.grade, w.root_id, w.reference,
         coalesce(i.mark, ''), w.subject, w.url, jsonb_build_object('verb', g.verb, 'n', 1), false
    FROM jsonb_to_record(given) AS g (kind text, grade int, verb text, root_id bigint, label text, day text)
    JOIN notifications_watch w ON w.root_id = g.root_id AND w.subject IN ('', g.label)
    LEFT JOIN incidents_incident i ON i.id = w.root_id
   WHERE w.user_id IS DISTINCT FROM app_user()
   ORDER BY w.user_id, w.subject
  ON CONFLICT (recipient_id, key) DO UPDATE
    SET words = jsonb_build_object('verb', excluded.words->'verb', 'n', (n.words->>'n')::int + 1), told_at = clock_timestamp(),
        done_at = NULL, opened_at = NULL, mark = excluded.mark
$$;
"""

READING = """
CREATE FUNCTION notifications_asked(keys text[]) RETURNS TABLE (key varchar, name varchar, organisation varchar, told_at timestamptz, acknowledged_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT n.key, u.name, coalesce(o.name, ''), n.told_at, n.acknowledged_at
    FROM notifications_notification n JOIN organisations_user u ON u.id = n.recipient_id
    LEFT JOIN organisations_organisation o ON o.id = n.through_id
   WHERE n.key = ANY (keys) AND n.acknowledge AND n.asked_by = ANY (app_orgs())
   ORDER BY n.key, n.acknowledged_at NULLS FIRST, u.name, n.id
$$;

-- Everything a grant may name that reaches this person, through any of their memberships.
CREATE FUNCTION notifications_principals(person int) RETURNS int[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT array_agg(reached) FROM (
    SELECT person AS reached
    UNION SELECT g.principal FROM organisations_membership m JOIN organisations_rolegroup g ON g.organisation_id = m.organisation_id
     WHERE m.user_id = person AND (m.until IS NULL OR m.until > clock_timestamp()) AND (g.role = '' OR g.role = ANY (m.roles))) p
$$;

CREATE FUNCTION notifications_people_to_mail(wanted text) RETURNS SETOF int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT DISTINCT n.recipient_id FROM notifications_notification n JOIN organisations_user u ON u.id = n.recipient_id
    LEFT JOIN notifications_preference p ON p.user_id = n.recipient_id
   WHERE n.mailed_at IS NULL AND n.done_at IS NULL AND n.told_at > clock_timestamp() - interval '3 days'
     AND u.is_active AND coalesce(p.email, 'digest') = wanted
   ORDER BY 1
$$;

-- An address that is there answers with one empty row first, so that "no deadlines" and "no address" differ.
CREATE FUNCTION notifications_calendar(of_digest text) RETURNS TABLE (id bigint, reference varchar, subject varchar, due_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  WITH whose AS (
    SELECT c.user_id, notifications_principals(c.user_id) AS reached FROM notifications_calendaraddress c JOIN organisations_user u ON u.id = c.user_id
     WHERE c.digest = of_digest AND c.revoked_at IS NULL AND u.is_active
  )
  (SELECT NULL::bigint, NULL::varchar, NULL::varchar, NULL::timestamptz FROM whose)
  UNION ALL
  (SELECT n.id, n.reference, n.subject, n.due_at FROM whose w JOIN notifications_notification n ON n.recipient_id = w.user_id
    WHERE n.due_at IS NOT NULL AND n.done_at IS NULL
      AND (n.root_id IS NULL OR EXISTS (
            SELECT FROM incidents_access a WHERE a.principal = ANY (w.reached) AND a.incident_id = n.root_id AND a.grade >= n.grade
               AND (a.until IS NULL OR a.until > clock_timestamp())))
    ORDER BY n.due_at, n.id LIMIT 500)
$$;

CREATE FUNCTION notifications_forget() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  DELETE FROM notifications_notification WHERE done_at < clock_timestamp() - interval '180 days' AND NOT acknowledge
$$;
"""

# What was told stays as it was told; only its reader's own marks on it move. The definer's functions may group watched changes.
TOLD = """
CREATE TRIGGER told_as_told BEFORE UPDATE OF recipient_id, through_id, key, kind, reason, grade, root_id, reference, mark, subject, url, words,
  due_at, told_at, acknowledge, asked_by ON notifications_notification FOR EACH ROW WHEN (current_user = 'norms_app') EXECUTE FUNCTION refuse_change();
CREATE TRIGGER acknowledged_once BEFORE UPDATE OF acknowledged_at ON notifications_notification FOR EACH ROW
  WHEN (OLD.acknowledged_at IS NOT NULL AND NEW.acknowledged_at IS DISTINCT FROM OLD.acknowledged_at) EXECUTE FUNCTION refuse_change();
"""

MINE = f"user_id = {rls.ME}"
SEEN = f"recipient_id = {rls.ME} AND id = ANY ((SELECT notifications_open())::bigint[])"


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_inbox"), ("incidents", "0002_walls"), ("organisations", "0002_walls")]
    operations = [
        rls.sql(OPEN + TELL + READING + TOLD),
        rls.sql(
            rls.definer("notifications_open()")
            + rls.definer("notifications_tell(int[], int[], jsonb)")
            + rls.definer("notifications_tell_watchers(jsonb)")
            + rls.definer("notifications_asked(text[])")
            + rls.definer("notifications_people_to_mail(text)")
            + rls.definer("notifications_calendar(text)")
            + rls.definer("notifications_forget()")
            # Only other functions of the definer ask these.
            + rls.definer("notifications_people_of(int[])", to="norms_definer")
            + rls.definer("notifications_principals(int)", to="norms_definer")
        ),
        rls.secure("notifications_notification", read=SEEN, edit=SEEN),
        rls.secure("notifications_preference", read=MINE, add=MINE, edit=MINE),
        rls.secure("notifications_mute", read=MINE, add=MINE, drop=MINE),
        rls.secure("notifications_watch", read=MINE, add=MINE, drop=MINE),
        rls.secure("notifications_calendaraddress", read=MINE, add=MINE, edit=MINE),
    ]
