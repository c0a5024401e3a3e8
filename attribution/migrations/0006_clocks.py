"""A finding whose evidence has changed is marked in the same transaction; a worker computes it. Reviews and opinions due soon."""

import django.contrib.postgres.fields
from django.db import migrations, models


from core import rls

CLOCKS = """
-- Whose findings wait to be computed anew.
CREATE FUNCTION attribution_stale_holders() RETURNS SETOF int LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT DISTINCT i.holder_id FROM attribution_finding f JOIN incidents_incident i ON i.id = f.incident_id
   WHERE f.stale_since IS NOT NULL AND f.standing IN ('current', 'revised')
$$;
CREATE INDEX finding_stale ON attribution_finding (incident_id) WHERE stale_since IS NOT NULL;

-- Whose reviews or opinions fall due between two days.
CREATE FUNCTION attribution_due_holders(today date, until date) RETURNS SETOF int LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT i.holder_id FROM attribution_finding f JOIN incidents_incident i ON i.id = f.incident_id
   WHERE f.tier = 'T1' AND f.standing IN ('current', 'revised') AND f.review_on BETWEEN today AND until
  UNION
  SELECT i.holder_id FROM attribution_panel p JOIN incidents_incident i ON i.id = p.incident_id
   WHERE p.state = 'sealed' AND p.deadline BETWEEN today AND until + 1
$$;
"""
OWNERS = rls.definer("attribution_stale_holders()") + rls.definer("attribution_due_holders(date, date)")


class Migration(migrations.Migration):

    dependencies = [
        ('attribution', '0005_rounds'),
    ]

    operations = [
        migrations.AddField(
            model_name='finding',
            name='stale_because',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), default=list, editable=False, size=None),
        ),
        migrations.AddField(
            model_name='finding',
            name='stale_since',
            field=models.DateTimeField(editable=False, help_text='Something it rests on has changed; it waits to be computed anew.', null=True),
        ),
        migrations.AddField(
            model_name='standingchange',
            name='flipped',
            field=models.JSONField(default=list, help_text='Requirements that were met and are not, or the other way.'),
        ),
        rls.sql(CLOCKS),
        rls.sql(OWNERS),
    ]
