"""What is claimed stands in legs that are never merged: a finding speaks of a hypothesis of its own leg (ATT-5).

Yesterday's hypotheses spoke on whatever leg a finding gave them. Each case keeps them on the leg of its first finding;
every other leg that has findings gets hypotheses of its own, with everybody's ratings, and its findings move there.
"""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from core import rls
from incidents.tenancy import SEES, append_only_child, case_child


# Rows of every tenant are read and written here: as the definer role, whose policy passes. Guards that would refuse the
# move are taken off for it, in this one transaction.
SPLIT = """
ALTER TABLE attribution_finding DISABLE TRIGGER finding_guard;
ALTER TABLE attribution_rating DISABLE TRIGGER rating_guard;
GRANT SELECT, INSERT, UPDATE ON attribution_hypothesis, attribution_rating, attribution_finding, attribution_proposition TO norms_definer;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO norms_definer;
SET LOCAL ROLE norms_definer;
DO $$
DECLARE
  c record; l record; h record; added bigint; next int;
BEGIN
  FOR c IN SELECT incident_id FROM attribution_hypothesis GROUP BY incident_id ORDER BY incident_id LOOP
    FOR l IN SELECT f.leg, min(f.number) AS first, row_number() OVER (ORDER BY min(f.number)) AS place
               FROM attribution_finding f WHERE f.incident_id = c.incident_id GROUP BY f.leg ORDER BY 2 LOOP
      IF l.place = 1 THEN
        UPDATE attribution_hypothesis SET leg = l.leg WHERE incident_id = c.incident_id;
        CONTINUE;
      END IF;
      FOR h IN SELECT * FROM attribution_hypothesis WHERE incident_id = c.incident_id
                AND leg = (SELECT leg FROM attribution_finding WHERE incident_id = c.incident_id ORDER BY number LIMIT 1)
                ORDER BY number LOOP
        SELECT max(number) + 1 INTO next FROM attribution_hypothesis WHERE incident_id = c.incident_id;
        INSERT INTO attribution_hypothesis (incident_id, number, leg, kind, country, actor, article, statement, is_alternative,
            status, rejected_reason, rejected_at, added_by_id, added_at)
          VALUES (h.incident_id, next, l.leg, h.kind, h.country, h.actor, h.article, h.statement, h.is_alternative,
            h.status, h.rejected_reason, h.rejected_at, h.added_by_id, h.added_at) RETURNING id INTO added;
        INSERT INTO attribution_rating (incident_id, item_id, hypothesis_id, assessor_id, value, note, is_open, rated_at)
          SELECT incident_id, item_id, added, assessor_id, value, note, is_open, rated_at
            FROM attribution_rating WHERE hypothesis_id = h.id;
        UPDATE attribution_finding SET
            hypothesis_id = CASE WHEN hypothesis_id = h.id THEN added ELSE hypothesis_id END,
            explanation = regexp_replace(explanation::text, '\\mH' || h.number || '\\M', 'H' || next, 'g')::jsonb
          WHERE incident_id = c.incident_id AND leg = l.leg;
      END LOOP;
    END LOOP;
    INSERT INTO attribution_proposition (incident_id, leg, claim, proof, standard_version, opened_by_id, opened_at)
      SELECT DISTINCT ON (leg) incident_id, leg, '', '', '2026.1', added_by_id, added_at
        FROM attribution_hypothesis WHERE incident_id = c.incident_id ORDER BY leg, number;
  END LOOP;
END $$;
RESET ROLE;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
ALTER TABLE attribution_finding ENABLE TRIGGER finding_guard;
ALTER TABLE attribution_rating ENABLE TRIGGER rating_guard;
"""

LEGS = """
ALTER TABLE attribution_hypothesis ADD CONSTRAINT hypothesis_on_leg UNIQUE (id, leg);
ALTER TABLE attribution_finding ADD CONSTRAINT hypothesis_of_same_leg FOREIGN KEY (hypothesis_id, leg)
  REFERENCES attribution_hypothesis (id, leg);
CREATE TRIGGER hypothesis_keeps_leg BEFORE UPDATE ON attribution_hypothesis FOR EACH ROW
  WHEN ((OLD.leg, OLD.number, OLD.kind) IS DISTINCT FROM (NEW.leg, NEW.number, NEW.kind)) EXECUTE FUNCTION refuse_change();
ALTER TABLE attribution_articlereasoning ADD CONSTRAINT finding_of_same_case FOREIGN KEY (finding_id, incident_id)
  REFERENCES attribution_finding (id, incident_id);

-- R2.5: law is reasoned by whoever holds the role of law, for themselves, in the organisation they act for.
CREATE FUNCTION attribution_lawyer_reasons() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  IF NEW.reasoned_by_id IS DISTINCT FROM app_user() OR NOT EXISTS (
    SELECT FROM organisations_membership m WHERE m.user_id = NEW.reasoned_by_id AND m.organisation_id = NEW.organisation_id
       AND 'legal_assessor' = ANY (m.roles) AND (m.until IS NULL OR m.until > clock_timestamp())) THEN
    RAISE EXCEPTION 'an article is reasoned by a lawyer' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
ALTER FUNCTION attribution_lawyer_reasons() OWNER TO norms_definer;
CREATE TRIGGER lawyer_reasons BEFORE INSERT ON attribution_articlereasoning FOR EACH ROW EXECUTE FUNCTION attribution_lawyer_reasons();
"""


def by(column: str) -> str:
    """Rows that carry the reader's own name."""
    return f"{SEES} AND {column} = {rls.ME}"


class Migration(migrations.Migration):

    dependencies = [
        ('attribution', '0002_walls'),
        ('incidents', '0003_activity_by_verb'),
        ('organisations', '0002_walls'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ArticleReasoning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('article', models.PositiveSmallIntegerField(verbose_name='article of State responsibility')),
                ('reasons', models.TextField(verbose_name='reasons for this article')),
                ('specific_control', models.BooleanField(default=False, verbose_name='specific control over the operation is shown')),
                ('reasoned_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Proposition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('leg', models.CharField(max_length=12, verbose_name='leg')),
                ('claim', models.TextField(blank=True, verbose_name='what is claimed')),
                ('proof', models.CharField(blank=True, max_length=40, verbose_name='standard of proof')),
                ('standard_version', models.CharField(max_length=24, verbose_name='evidence standard')),
                ('opened_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='hypothesis',
            name='hypothesis_kind',
        ),
        migrations.AddField(
            model_name='hypothesis',
            name='leg',
            field=models.CharField(default='operator', max_length=12, verbose_name='leg'),
        ),
        migrations.AlterField(
            model_name='hypothesis',
            name='kind',
            field=models.CharField(choices=[('state', 'A State'), ('non_state', 'A non-State group'), ('false_flag', 'A false flag'), ('attack', 'A deliberate act'), ('accident', 'A failure or a mistake'), ('fabrication', 'Staged or made up'), ('unknown', 'An actor not known')], max_length=12, verbose_name='kind'),
        ),
        migrations.AddConstraint(
            model_name='hypothesis',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['state', 'non_state', 'false_flag', 'attack', 'accident', 'fabrication', 'unknown'])), name='hypothesis_kind'),
        ),
        migrations.AddField(
            model_name='articlereasoning',
            name='finding',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reasonings', to='attribution.finding'),
        ),
        migrations.AddField(
            model_name='articlereasoning',
            name='incident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='incidents.incident'),
        ),
        migrations.AddField(
            model_name='articlereasoning',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation'),
        ),
        migrations.AddField(
            model_name='articlereasoning',
            name='reasoned_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='proposition',
            name='incident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='incidents.incident'),
        ),
        migrations.AddField(
            model_name='proposition',
            name='opened_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='articlereasoning',
            constraint=models.CheckConstraint(condition=models.Q(('reasons', ''), _negated=True), name='article_has_reasons'),
        ),
        migrations.AddConstraint(
            model_name='proposition',
            constraint=models.UniqueConstraint(fields=('incident', 'leg'), name='proposition_once_per_leg'),
        ),
        case_child("attribution_proposition", grade="evidence", add=by("opened_by_id"), edit=None),
        case_child(
            "attribution_articlereasoning", grade="evidence",
            add=f"{by('reasoned_by_id')} AND organisation_id = ANY ({rls.ORGS})", edit=None,
        ),
        append_only_child("attribution_proposition"),
        append_only_child("attribution_articlereasoning"),
        rls.sql(SPLIT),
        rls.sql(LEGS),
    ]  # fmt: skip
