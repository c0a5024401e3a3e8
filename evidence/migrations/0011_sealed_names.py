"""What may change of a stored file, in one trigger: it may become dangerous, and its names may be sealed and come back.

Two migrations had each written the rule for their own; the second one forgot the first.
"""

from django.db import migrations

from core import rls

FIXED = """
DROP TRIGGER fixed_at_receipt ON evidence_storedfile;
CREATE TRIGGER fixed_at_receipt BEFORE UPDATE ON evidence_storedfile FOR EACH ROW
  WHEN ((to_jsonb(OLD) - 'audience' - 'integrity' - 'checked_at' - 'dangerous' - 'name' - 'name_given')
        IS DISTINCT FROM (to_jsonb(NEW) - 'audience' - 'integrity' - 'checked_at' - 'dangerous' - 'name' - 'name_given')
     OR (OLD.dangerous AND NOT NEW.dangerous)
     OR (current_user <> 'norms_definer' AND (OLD.name, OLD.name_given) IS DISTINCT FROM (NEW.name, NEW.name_given)))
  EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("evidence", "0010_redaction")]
    operations = [rls.sql(FIXED)]
