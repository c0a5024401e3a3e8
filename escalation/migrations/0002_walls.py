"""Who sees measures (whoever sees evidence), and what no code may get wrong: a proposal is made in one's own name and
never rewritten, an approval is given in one's own name, and what has ended stays as it ended."""

from django.db import migrations

from core import rls
from incidents.tenancy import SEES, case_child

PROPOSAL = (
    "incident_id",
    "number",
    "code",
    "title",
    "text",
    "target_state",
    "starts_on",
    "expires_on",
    "answers",
    "proposed_by_id",
    "organisation_id",
    "proposed_at",
    "ladder_version",
    "people_needed",
    "level",
    "review_days",
    "finding",
    "tier",
    "report",
    "refused",
)

KEPT = f"""
CREATE TRIGGER proposal_is_kept BEFORE UPDATE ON escalation_measure FOR EACH ROW
  WHEN (({", ".join(f"OLD.{name}" for name in PROPOSAL)}) IS DISTINCT FROM ({", ".join(f"NEW.{name}" for name in PROPOSAL)}))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER closed_stays_closed BEFORE UPDATE ON escalation_measure FOR EACH ROW
  WHEN (OLD.status IN ('refused', 'declined', 'withdrawn', 'ended') AND (to_jsonb(OLD) - 'audience') IS DISTINCT FROM (to_jsonb(NEW) - 'audience'))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_dropped BEFORE DELETE ON escalation_measure FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON escalation_measure FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

OWN_NAME = """
CREATE FUNCTION measure_in_own_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'an act on a measure is recorded in the name of whoever does it' USING ERRCODE = 'check_violation';
END $$;
"""


def own_name(column: str) -> str:
    """SQL: whoever is put into this column is the one who asks."""
    return (
        f"CREATE TRIGGER own_name_{column} BEFORE UPDATE OF {column} ON escalation_measure FOR EACH ROW"
        f" WHEN (NEW.{column} IS DISTINCT FROM OLD.{column} AND NEW.{column} IS DISTINCT FROM app_user())"
        " EXECUTE FUNCTION measure_in_own_name();"
    )


# No way round the approval: a measure enters as proposed, as refused, or (where one person is enough) as approved.
FIRST = """
CREATE TRIGGER enters_unapproved BEFORE INSERT ON escalation_measure FOR EACH ROW
  WHEN (NEW.approved_by_id IS NOT NULL OR NEW.started_by_id IS NOT NULL OR NEW.closed_by_id IS NOT NULL)
  EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("escalation", "0001_measures"), ("incidents", "0002_walls")]
    operations = [
        case_child("escalation_measure", grade="evidence", add=f"{SEES} AND proposed_by_id = {rls.ME}"),
        rls.sql(
            KEPT + OWN_NAME + "".join(own_name(f"{act}_by_id") for act in ("approved", "started", "closed")) + FIRST
        ),
    ]
