"""Who sees a job and a document: whoever may see the evidence of its case. Kept by the same triggers as the case's own rows.

This room may not import the case's (it stands below it), so the trigger is named here in SQL (docs/decisions).
"""

from django.db import migrations

from core import rls

SEES = f"audience && {rls.ORGS}"
ASKS = f"{SEES} AND organisation_id = ANY ({rls.ORGS}) AND requested_by_id = {rls.ME}"
TABLES = ("documents_job", "documents_document")

TIED = "".join(
    f"ALTER TABLE {table} ADD COLUMN audience int[] NOT NULL DEFAULT '{{}}';"
    f"COMMENT ON COLUMN {table}.audience IS 'evidence';"
    f"CREATE TRIGGER audience_from_case BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION audience_from_case('evidence');"
    f"CREATE TRIGGER stays_with_case BEFORE UPDATE OF incident_id ON {table} FOR EACH ROW"
    f" WHEN (OLD.incident_id IS DISTINCT FROM NEW.incident_id) EXECUTE FUNCTION refuse_change();"
    for table in TABLES
)

# What was issued stays as it was issued, whoever asks; only its audience follows the case.
ISSUED = """
CREATE TRIGGER issued_once BEFORE UPDATE OF key, kind, reference, title, language, mark, series, issue, holder_id, sha256, facts_sha256,
  size, pages, path, issued_at, supersedes_id ON documents_document FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER issued_stays BEFORE DELETE ON documents_document FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER issued_all_stay BEFORE TRUNCATE ON documents_document FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

# A worker comes with a job's number and nothing else: these three functions are all it may know before it acts as the asker.
WORK = """
CREATE FUNCTION documents_asker(job bigint) RETURNS TABLE (user_id int, organisation_id int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT j.requested_by_id, j.organisation_id FROM documents_job j WHERE j.id = job
$$;

CREATE FUNCTION documents_abandon(job bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  UPDATE documents_job j SET state = 'failed', error_code = 'membership_ended', finished_at = clock_timestamp()
   WHERE j.id = job AND j.state IN ('queued', 'running')
     AND NOT EXISTS (SELECT FROM organisations_membership m JOIN organisations_user u ON u.id = m.user_id
                      WHERE m.user_id = j.requested_by_id AND m.organisation_id = j.organisation_id AND u.is_active
                        AND (m.until IS NULL OR m.until > clock_timestamp()))
$$;

-- Lost: running without a heartbeat for 20 seconds, or waiting for a minute (its message may be gone; sent twice does no harm).
CREATE FUNCTION documents_requeue_lost(most_attempts int) RETURNS TABLE (id bigint, kind varchar)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  UPDATE documents_job j SET state = 'failed', error_code = 'lost', finished_at = clock_timestamp()
   WHERE (j.state = 'running' AND j.heartbeat_at < clock_timestamp() - interval '20 seconds' AND j.attempts >= most_attempts)
      OR (j.state = 'queued' AND j.requested_at < clock_timestamp() - interval '1 day' AND j.queued_at < clock_timestamp() - interval '1 minute');
  UPDATE documents_job j SET state = 'queued', queued_at = clock_timestamp(), progress = 0, stage = ''
   WHERE j.id IN (SELECT l.id FROM documents_job l
                   WHERE (l.state = 'running' AND l.heartbeat_at < clock_timestamp() - interval '20 seconds')
                      OR (l.state = 'queued' AND l.queued_at < clock_timestamp() - interval '1 minute')
                   ORDER BY l.id LIMIT 100 FOR UPDATE SKIP LOCKED)
  RETURNING j.id, j.kind
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_documents"), ("incidents", "0002_walls"), ("organisations", "0002_walls")]
    operations = [
        rls.sql(TIED + ISSUED),
        rls.secure("documents_job", read=SEES, add=ASKS, edit=SEES),
        rls.secure("documents_document", read=SEES, add=SEES),
        rls.sql(
            WORK
            + rls.definer("documents_asker(bigint)")
            + rls.definer("documents_abandon(bigint)")
            + rls.definer("documents_requeue_lost(int)")
        ),
    ]
