"""Minimising what is held of people when its time is over. One function, for the clock: it reaches every tenant's rows, changes
nothing but what the rules name, and nothing of a case under a legal hold. What it did once it does not do again.
"""

from django.db import migrations

from core import rls

MINIMISE = """
CREATE FUNCTION keeping_minimise(of_rule text, before timestamptz, at_most int) RETURNS TABLE (id bigint, path text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $f$
BEGIN
  IF app_user() IS DISTINCT FROM (SELECT u.id FROM organisations_user u WHERE u.is_system ORDER BY u.id LIMIT 1) THEN
    RAISE EXCEPTION 'only the platform itself minimises' USING ERRCODE = 'insufficient_privilege';
  END IF;
  CASE of_rule
  WHEN 'account' THEN
    RETURN QUERY WITH due AS (
      SELECT u.id FROM organisations_user u
       WHERE NOT (u.is_system OR u.is_staff OR u.is_superuser) AND u.email NOT LIKE 'former-%@norms.invalid'
         AND EXISTS (SELECT FROM organisations_membership m WHERE m.user_id = u.id)
         AND NOT EXISTS (SELECT FROM organisations_membership m WHERE m.user_id = u.id AND (m.until IS NULL OR m.until >= before))
         AND NOT EXISTS (SELECT FROM organisations_membership m JOIN evidence_legalhold h ON h.organisation_id = m.organisation_id
                          WHERE m.user_id = u.id AND h.lifted_at IS NULL)
       ORDER BY u.id LIMIT at_most FOR UPDATE OF u SKIP LOCKED),
    mails AS (DELETE FROM account_emailaddress a USING due WHERE a.user_id = due.id),
    factors AS (DELETE FROM mfa_authenticator f USING due WHERE f.user_id = due.id)
    UPDATE organisations_user u SET name = 'Former member ' || u.id, email = 'former-' || u.id || '@norms.invalid', is_active = false,
           password = '!' FROM due WHERE u.id = due.id RETURNING u.id::bigint, ''::text;
  WHEN 'request' THEN
    RETURN QUERY WITH due AS (
      SELECT r.id FROM keeping_datarequest r
       WHERE r.minimised_at IS NULL AND r.outcome <> 'open' AND coalesce(r.delivered_at, r.decided_at) < before
         AND (r.outcome = 'refused' OR r.delivered_at IS NOT NULL)
         AND NOT EXISTS (SELECT FROM evidence_legalhold h WHERE h.incident_id = r.incident_id AND h.lifted_at IS NULL)
       ORDER BY r.id LIMIT at_most FOR UPDATE OF r SKIP LOCKED)
    UPDATE keeping_datarequest r SET minimised_at = clock_timestamp(), requester = '(minimised)', contact = '', asked = '(minimised)',
           reasons = '(minimised)', delivered_how = '' FROM due WHERE r.id = due.id
    RETURNING r.id, coalesce((SELECT d.path::text FROM keeping_delivery d WHERE d.request_id = r.id), '');
  WHEN 'contact' THEN
    RETURN QUERY WITH due AS (
      SELECT v.id FROM attribution_invitation v JOIN incidents_incident i ON i.id = v.incident_id
       WHERE v.contact <> '' AND i.closed_at < before
         AND NOT EXISTS (SELECT FROM evidence_legalhold h WHERE h.incident_id = i.id AND h.lifted_at IS NULL)
       ORDER BY v.id LIMIT at_most FOR UPDATE OF v SKIP LOCKED)
    UPDATE attribution_invitation v SET contact = '' FROM due WHERE v.id = due.id RETURNING v.id, ''::text;
  WHEN 'change' THEN
    RETURN QUERY WITH due AS (
      SELECT c.id FROM ledger_change c JOIN incidents_incident i ON i.id = c.root_id
       WHERE c.content IS NOT NULL AND i.closed_at < before
         AND NOT EXISTS (SELECT FROM evidence_legalhold h WHERE h.incident_id = i.id AND h.lifted_at IS NULL)
       ORDER BY c.id LIMIT at_most FOR UPDATE OF c SKIP LOCKED)
    UPDATE ledger_change c SET content = NULL, salt = NULL FROM due WHERE c.id = due.id RETURNING c.id, ''::text;
  ELSE
    RAISE EXCEPTION 'there is no rule %', of_rule USING ERRCODE = 'invalid_parameter_value';
  END CASE;
END $f$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("keeping", "0001_keeping"),
        ("attribution", "0004_replies"),
        ("evidence", "0005_custody_between_sides"),
        ("account", "0001_initial"),
        ("mfa", "0001_initial"),
    ]
    operations = [rls.sql(MINIMISE + rls.definer("keeping_minimise(text, timestamptz, int)"))]
