"""Who sees restoration (whoever sees the summary), and what no code may get wrong: parents of one case, owners who see
it, no circle of dependencies, updates that are never changed."""

from django.db import migrations

from core import rls
from incidents.tenancy import SEES, append_only_child, case_child

# A child never hangs on a parent of another case.
SAME_CASE = """
ALTER TABLE incidents_servicehit ADD CONSTRAINT servicehit_in_case UNIQUE (id, incident_id);
ALTER TABLE remediation_servicerestoration ADD CONSTRAINT restoration_in_case UNIQUE (id, incident_id),
  ADD CONSTRAINT restoration_same_case FOREIGN KEY (service_id, incident_id) REFERENCES incidents_servicehit (id, incident_id);
ALTER TABLE remediation_restorationupdate ADD CONSTRAINT update_of_restoration UNIQUE (id, restoration_id),
  ADD CONSTRAINT update_same_case FOREIGN KEY (restoration_id, incident_id) REFERENCES remediation_servicerestoration (id, incident_id),
  ADD CONSTRAINT corrects_same_service FOREIGN KEY (corrects_id, restoration_id) REFERENCES remediation_restorationupdate (id, restoration_id);
ALTER TABLE remediation_remediationtask ADD CONSTRAINT task_in_case UNIQUE (id, incident_id),
  ADD CONSTRAINT task_service_same_case FOREIGN KEY (service_id, incident_id) REFERENCES incidents_servicehit (id, incident_id);
ALTER TABLE remediation_taskdependency
  ADD CONSTRAINT dependency_task_same_case FOREIGN KEY (task_id, incident_id) REFERENCES remediation_remediationtask (id, incident_id),
  ADD CONSTRAINT dependency_on_same_case FOREIGN KEY (on_id, incident_id) REFERENCES remediation_remediationtask (id, incident_id);
"""

OWNER = """
CREATE FUNCTION task_owner_sees_case() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM FROM incidents_access a LEFT JOIN organisations_rolegroup r ON r.principal = a.principal
    WHERE a.incident_id = NEW.incident_id AND (a.principal = NEW.organisation_id OR r.organisation_id = NEW.organisation_id);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the owner of a task must be able to see its case' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER owner_sees_case_new BEFORE INSERT ON remediation_remediationtask
  FOR EACH ROW EXECUTE FUNCTION task_owner_sees_case();
CREATE TRIGGER owner_sees_case BEFORE UPDATE ON remediation_remediationtask
  FOR EACH ROW WHEN (OLD.organisation_id <> NEW.organisation_id) EXECUTE FUNCTION task_owner_sees_case();
ALTER FUNCTION task_owner_sees_case() OWNER TO norms_definer;

-- Whom a task can be given to, by number; empty for whoever may not see the case.
CREATE FUNCTION remediation_owners(root bigint) RETURNS SETOF int LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT DISTINCT coalesce(r.organisation_id, a.principal)
    FROM incidents_access a LEFT JOIN organisations_rolegroup r ON r.principal = a.principal
   WHERE a.incident_id = root AND (a.until IS NULL OR a.until > clock_timestamp())
     AND EXISTS (SELECT FROM incidents_incident i WHERE i.id = root AND i.audience && app_orgs())
$$;
"""

CIRCLE = """
CREATE FUNCTION dependency_no_circle() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  -- One writer of a case's dependencies at a time: two halves of a circle must not pass each other.
  PERFORM pg_advisory_xact_lock(hashtextextended('remediation_dependency', NEW.incident_id));
  PERFORM FROM (
    WITH RECURSIVE after (id) AS (
      SELECT NEW.on_id UNION SELECT d.on_id FROM remediation_taskdependency d JOIN after ON d.task_id = after.id
    ) SELECT id FROM after) a WHERE a.id = NEW.task_id;
  IF FOUND THEN
    RAISE EXCEPTION 'these tasks would wait for each other' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER no_circle BEFORE INSERT ON remediation_taskdependency FOR EACH ROW EXECUTE FUNCTION dependency_no_circle();
ALTER FUNCTION dependency_no_circle() OWNER TO norms_definer;
"""


class Migration(migrations.Migration):
    dependencies = [("remediation", "0001_restoration"), ("incidents", "0002_walls")]
    operations = [
        rls.sql(SAME_CASE),
        rls.sql(OWNER + rls.definer("remediation_owners(bigint)")),
        rls.sql(CIRCLE),
        case_child("remediation_servicerestoration", grade="summary"),
        case_child("remediation_restorationupdate", grade="summary", edit=None),
        case_child("remediation_remediationtask", grade="summary"),
        case_child("remediation_taskdependency", grade="summary", edit=None, drop=SEES),
        append_only_child("remediation_restorationupdate"),
    ]
