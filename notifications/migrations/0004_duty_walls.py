"""Who is on duty, who may know it, and the one road by which a notice goes from one contact to the next.

The rule stands in SQL and nowhere else: whoever tells another house may not read its rota.
"""

from django.db import migrations

from core import rls

WHO = """
CREATE FUNCTION notifications_on_duty(house int, moment timestamptz) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT c.id FROM (SELECT k.*, moment AT TIME ZONE k.time_zone AS here FROM notifications_dutycontact k
                     WHERE k.organisation_id = house AND k.ended_at IS NULL) c,
       -- A shift past midnight belongs to the day it began on.
       LATERAL (SELECT CASE WHEN c.starts > c.ends AND c.here::time < c.ends THEN c.here::date - 1 ELSE c.here::date END AS day) d
   WHERE CASE WHEN c.starts < c.ends THEN c.here::time >= c.starts AND c.here::time < c.ends
              WHEN c.starts > c.ends THEN c.here::time >= c.starts OR c.here::time < c.ends
              ELSE true END
     AND extract(isodow FROM d.day)::int = ANY (c.weekdays)
     AND (c.from_on IS NULL OR d.day >= c.from_on) AND (c.until_on IS NULL OR d.day <= c.until_on)
     AND (c.user_id IS NULL OR EXISTS (
           SELECT FROM organisations_membership m JOIN organisations_user u ON u.id = m.user_id
            WHERE m.user_id = c.user_id AND m.organisation_id = house AND u.is_active AND (m.until IS NULL OR m.until > clock_timestamp())))
   ORDER BY c.position, c.id
$$;

-- Whether an organisation's duty may be known to the one who asks: their own; the holder of a case they see; whoever was
-- granted a case whose grants they may see. Who else sees a case is told to its holder and to its overseers alone.
CREATE FUNCTION notifications_knows(house int, of_case bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT (of_case IS NULL AND house = ANY (app_orgs())) OR EXISTS (
    SELECT FROM incidents_access mine JOIN incidents_access theirs ON theirs.incident_id = mine.incident_id
      JOIN organisations_rolegroup g ON g.principal = theirs.principal
     WHERE mine.principal = ANY (app_orgs()) AND g.organisation_id = house AND (of_case IS NULL OR mine.incident_id = of_case)
       AND (mine.until IS NULL OR mine.until > clock_timestamp()) AND (theirs.until IS NULL OR theirs.until > clock_timestamp())
       AND (theirs.grade = 100 OR mine.grade >= 60))
$$;

CREATE FUNCTION notifications_duty_now(house int, moment timestamptz)
RETURNS TABLE (id bigint, "order" smallint, name varchar, email varchar, phone varchar, time_zone varchar, starts time, ends time)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT c.id, c.position, c.name, coalesce(u.email, c.email), c.phone, c.time_zone, c.starts, c.ends
    FROM notifications_on_duty(house, moment) WITH ORDINALITY AS d (id, turn)
    JOIN notifications_dutycontact c ON c.id = d.id LEFT JOIN organisations_user u ON u.id = c.user_id
   WHERE notifications_knows(house, NULL)
   ORDER BY d.turn
$$;
"""

TELL = """
CREATE FUNCTION notifications_duty_ask(of_call bigint, of_contact bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  INSERT INTO notifications_dutystep (call_id, organisation_id, number, contact_id)
  SELECT c.id, c.organisation_id, 1 + (SELECT count(*) FROM notifications_dutystep s WHERE s.call_id = c.id), of_contact
    FROM notifications_dutycall c WHERE c.id = of_call;
  INSERT INTO notifications_notification (recipient_id, through_id, key, kind, reason, grade, root_id, reference, mark, subject, url,
                                          words, due_at, acknowledge, asked_by, at_once)
  SELECT k.user_id, c.organisation_id, c.key, g.kind, g.reason, g.grade, c.root_id, g.reference, g.mark, g.subject, g.url,
         g.words, g.due_at, true, c.asked_by, true
    FROM notifications_dutycall c JOIN notifications_dutycontact k ON k.id = of_contact,
         jsonb_to_record(c.given) AS g (kind text, reason text, grade int, reference text, mark text, subject text, url text, words jsonb, due_at timestamptz)
   WHERE c.id = of_call AND k.user_id IS NOT NULL
  ON CONFLICT (recipient_id, key) DO NOTHING
$$;

-- Opens a call where somebody is on duty; the houses where nobody is come back and are told as always.
CREATE FUNCTION notifications_duty_open(houses int[], given jsonb) RETURNS int[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  house int;
  first bigint;
  made bigint;
  rest int[] := '{}';
  moment timestamptz := (given->>'moment')::timestamptz;
BEGIN
  FOREACH house IN ARRAY houses LOOP
    SELECT d INTO first FROM notifications_on_duty(house, moment) d LIMIT 1;
    IF first IS NULL THEN
      rest := rest || house;
      CONTINUE;
    END IF;
    INSERT INTO notifications_dutycall (organisation_id, key, given, root_id, asked_by, asked_by_user_id, state, opened_at, next_at)
    VALUES (house, given->>'key', given, (given->>'root_id')::bigint, (given->>'asked_by')::int, app_user(), 'waiting', moment,
            moment + make_interval(secs => (given->>'pass_seconds')::float))
    ON CONFLICT (organisation_id, key) DO NOTHING RETURNING id INTO made;
    IF made IS NOT NULL THEN
      PERFORM notifications_duty_ask(made, first);
    END IF;
    made := NULL;
  END LOOP;
  RETURN rest;
END $$;

CREATE OR REPLACE FUNCTION notifications_tell(people int[], houses int[], given jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
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
"""

# Passing on and acknowledging both take the call's row first: of two at once, one is first, and the other sees what it did.
PASSING = """
CREATE FUNCTION notifications_duty_pass(of_call bigint, moment timestamptz, pass_seconds int) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  c notifications_dutycall;
  following bigint;
BEGIN
  SELECT * INTO c FROM notifications_dutycall WHERE id = of_call AND organisation_id = ANY (app_orgs()) FOR UPDATE;
  IF NOT FOUND OR c.state <> 'waiting' OR c.next_at > moment THEN
    RETURN '';
  END IF;
  IF c.root_id IS NOT NULL AND NOT EXISTS (
       SELECT FROM incidents_access a JOIN organisations_rolegroup g ON g.principal = a.principal
        WHERE g.organisation_id = c.organisation_id AND a.incident_id = c.root_id AND a.grade >= (c.given->>'grade')::int
          AND (a.until IS NULL OR a.until > clock_timestamp())) THEN
    UPDATE notifications_dutycall SET state = 'lapsed', next_at = NULL, closed_at = moment WHERE id = of_call;
    RETURN 'lapsed';
  END IF;
  SELECT k.id INTO following FROM notifications_on_duty(c.organisation_id, moment) WITH ORDINALITY AS d (id, turn)
    JOIN notifications_dutycontact k ON k.id = d.id
   WHERE NOT EXISTS (SELECT FROM notifications_dutystep s JOIN notifications_dutycontact asked ON asked.id = s.contact_id
                      WHERE s.call_id = c.id AND (asked.id = k.id OR asked.user_id = k.user_id OR (k.email <> '' AND asked.email = k.email)))
   ORDER BY d.turn LIMIT 1;
  IF following IS NULL THEN
    UPDATE notifications_dutycall SET state = 'unanswered', next_at = NULL, closed_at = moment WHERE id = of_call;
    RETURN 'unanswered';
  END IF;
  PERFORM notifications_duty_ask(of_call, following);
  UPDATE notifications_dutycall SET next_at = moment + make_interval(secs => pass_seconds) WHERE id = of_call;
  RETURN 'passed';
END $$;

-- By the contact in their inbox (of_step NULL: their own steps under this key), or for a mailbox by the platform acting for the house.
CREATE FUNCTION notifications_duty_acknowledge(of_key text, of_step bigint, moment timestamptz) RETURNS SETOF bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s record;
BEGIN
  FOR s IN
    SELECT p.id, p.call_id FROM notifications_dutystep p JOIN notifications_dutycontact k ON k.id = p.contact_id
      JOIN notifications_dutycall c ON c.id = p.call_id
     WHERE c.key = of_key AND ((of_step IS NULL AND k.user_id = app_user()) OR (p.id = of_step AND p.organisation_id = ANY (app_orgs())))
     ORDER BY p.call_id
  LOOP
    UPDATE notifications_dutycall SET state = 'acknowledged', next_at = NULL, closed_at = moment, acknowledged_step_id = s.id
     WHERE id = s.call_id AND state IN ('waiting', 'unanswered');
    IF FOUND THEN
      -- Whoever was asked before or after need not answer any more.
      UPDATE notifications_notification n SET done_at = moment FROM notifications_dutycall c
       WHERE c.id = s.call_id AND n.key = c.key AND n.through_id = c.organisation_id AND n.acknowledge AND n.done_at IS NULL
         AND n.recipient_id IS DISTINCT FROM app_user();
      RETURN NEXT s.id;
    END IF;
  END LOOP;
END $$;

-- The houses with something to do: a call to pass on, or a mailbox to write to.
CREATE FUNCTION notifications_duty_houses(moment timestamptz) RETURNS SETOF int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT organisation_id FROM notifications_dutycall WHERE state = 'waiting' AND next_at <= moment
  UNION
  SELECT s.organisation_id FROM notifications_dutystep s JOIN notifications_dutycontact k ON k.id = s.contact_id
   WHERE s.mailed_at IS NULL AND k.email <> '' AND s.told_at > moment - interval '3 days'
$$;

CREATE OR REPLACE FUNCTION notifications_people_to_mail(wanted text) RETURNS SETOF int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT DISTINCT n.recipient_id FROM notifications_notification n JOIN organisations_user u ON u.id = n.recipient_id
    LEFT JOIN notifications_preference p ON p.user_id = n.recipient_id
   WHERE n.mailed_at IS NULL AND n.done_at IS NULL AND n.told_at > clock_timestamp() - interval '3 days'
     AND u.is_active AND (coalesce(p.email, 'digest') = wanted OR (n.at_once AND wanted = 'each'))
   ORDER BY 1
$$;

-- Who was asked and who has acknowledged; a mailbox on a rota has no inbox of its own.
CREATE OR REPLACE FUNCTION notifications_asked(keys text[]) RETURNS TABLE (key varchar, name varchar, organisation varchar, told_at timestamptz, acknowledged_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT a.key, a.name, a.organisation, a.told_at, a.acknowledged_at FROM (
    SELECT n.key, u.name, coalesce(o.name, '') AS organisation, n.told_at, n.acknowledged_at, n.id
      FROM notifications_notification n JOIN organisations_user u ON u.id = n.recipient_id
      LEFT JOIN organisations_organisation o ON o.id = n.through_id
     WHERE n.key = ANY (keys) AND n.acknowledge AND n.asked_by = ANY (app_orgs())
    UNION ALL
    SELECT c.key, k.name, o.name, s.told_at, CASE WHEN c.acknowledged_step_id = s.id THEN c.closed_at END, s.id
      FROM notifications_dutycall c JOIN notifications_dutystep s ON s.call_id = c.id JOIN notifications_dutycontact k ON k.id = s.contact_id
      JOIN organisations_organisation o ON o.id = c.organisation_id
     WHERE c.key = ANY (keys) AND k.user_id IS NULL AND c.asked_by = ANY (app_orgs())) a
   ORDER BY a.key, a.acknowledged_at NULLS FIRST, a.name, a.id
$$;
"""

ASKED_OF = """
-- What the asking organisation may know of its own calls to a house: the state, and who acknowledged; not who else was asked.
CREATE FUNCTION notifications_duty_asked_of(house int) RETURNS TABLE (reference text, opened_at timestamptz, state varchar, asked bigint, closed_at timestamptz, by_whom varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT c.given->>'reference', c.opened_at, c.state, (SELECT count(*) FROM notifications_dutystep s WHERE s.call_id = c.id), c.closed_at, k.name
    FROM notifications_dutycall c LEFT JOIN notifications_dutystep s ON s.id = c.acknowledged_step_id LEFT JOIN notifications_dutycontact k ON k.id = s.contact_id
   WHERE c.organisation_id = house AND c.asked_by = ANY (app_orgs()) AND (c.root_id IS NULL OR EXISTS (
           SELECT FROM incidents_access a WHERE a.principal = ANY (app_orgs()) AND a.incident_id = c.root_id
              AND (a.until IS NULL OR a.until > clock_timestamp())))
   ORDER BY c.id DESC LIMIT 20
$$;
"""

# The rota is never rewritten: a change ends one row and begins another. A zone the database does not know cannot be stored.
KEPT = """
ALTER TABLE notifications_dutycontact ADD CONSTRAINT duty_time_zone CHECK (timezone(time_zone::text, timestamptz '2000-01-01 00:00+00') IS NOT NULL);
CREATE TRIGGER duty_as_entered BEFORE UPDATE OF organisation_id, position, name, user_id, email, phone, weekdays, starts, ends, time_zone, from_on,
  until_on, added_at ON notifications_dutycontact FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER duty_ended_once BEFORE UPDATE OF ended_at ON notifications_dutycontact FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL)
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER duty_call_as_told BEFORE UPDATE OF organisation_id, key, given, root_id, asked_by, asked_by_user_id, opened_at ON notifications_dutycall
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER duty_call_answered_once BEFORE UPDATE ON notifications_dutycall FOR EACH ROW WHEN (OLD.state IN ('acknowledged', 'lapsed'))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER duty_step_as_told BEFORE UPDATE OF call_id, organisation_id, number, contact_id, told_at ON notifications_dutystep
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER duty_mailed_once BEFORE UPDATE OF mailed_at ON notifications_dutystep FOR EACH ROW WHEN (OLD.mailed_at IS NOT NULL)
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER told_at_once BEFORE UPDATE OF at_once ON notifications_notification FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

OURS = f"organisation_id = ANY ({rls.ORGS})"


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_duty"), ("incidents", "0002_walls"), ("organisations", "0002_walls")]
    operations = [
        rls.sql(WHO + TELL + PASSING + ASKED_OF + KEPT),
        rls.sql(
            rls.definer("notifications_knows(int, bigint)")
            + rls.definer("notifications_duty_now(int, timestamptz)")
            + rls.definer("notifications_tell(int[], int[], jsonb)")
            + rls.definer("notifications_duty_pass(bigint, timestamptz, int)")
            + rls.definer("notifications_duty_acknowledge(text, bigint, timestamptz)")
            + rls.definer("notifications_duty_houses(timestamptz)")
            + rls.definer("notifications_duty_asked_of(int)")
            + rls.definer("notifications_people_to_mail(text)")
            + rls.definer("notifications_asked(text[])")
            # Only other functions of the definer ask these.
            + rls.definer("notifications_on_duty(int, timestamptz)", to="norms_definer")
            + rls.definer("notifications_duty_ask(bigint, bigint)", to="norms_definer")
            + rls.definer("notifications_duty_open(int[], jsonb)", to="norms_definer")
        ),
        rls.secure("notifications_dutycontact", read=OURS, add=OURS, edit=OURS),
        # Calls and steps are made and moved by the functions above; the platform notes that a mailbox was written to.
        rls.secure("notifications_dutycall", read=OURS),
        rls.secure("notifications_dutystep", read=OURS, edit=OURS),
    ]
