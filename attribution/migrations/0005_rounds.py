"""A panel's second round, the discussion between, what a person is beside their organisation, and who leaves a house.

Yesterday's opinions are of a first round. Members seated before their nationality was asked keep their seat.
"""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from core import rls
from incidents.tenancy import SEES, append_only_child, case_child

ROUNDS = """
-- A person's own nationality is asked as their organisation's is (ATT-7): of the accused or of the harmed, or nothing.
CREATE FUNCTION attribution_side_of_person(root bigint, of_nations text[]) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT CASE
    WHEN EXISTS (SELECT FROM attribution_hypothesis WHERE incident_id = root AND country <> '' AND country = ANY (of_nations)) THEN 'accused'
    WHEN EXISTS (SELECT FROM incidents_victim WHERE incident_id = root AND country <> '' AND country = ANY (of_nations))
      OR EXISTS (SELECT FROM incidents_servicehit WHERE incident_id = root AND country <> '' AND country = ANY (of_nations)) THEN 'harmed'
  END
$$;

-- Whoever has spoken on a finding in a round that was opened speaks again in its second round, not on another panel:
-- their first opinion can be read, and would be read by new members before they give theirs.
CREATE FUNCTION attribution_spoke_before(of_panel bigint, of_finding bigint, person int) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT EXISTS (SELECT FROM attribution_opinion o JOIN attribution_panel p ON p.id = o.panel_id
    WHERE p.finding_id = of_finding AND p.id <> of_panel AND o.author_id = person AND o.revealed_at IS NOT NULL)
$$;

CREATE OR REPLACE FUNCTION attribution_seat_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  p record;
  because text;
BEGIN
  SELECT * INTO p FROM attribution_panel WHERE id = NEW.panel_id;
  IF TG_OP = 'INSERT' THEN
    PERFORM FROM incidents_incident WHERE id = NEW.incident_id AND holder_id = ANY (app_orgs());
    IF NOT FOUND THEN
      RAISE EXCEPTION 'only the holder of a case invites to a panel' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.conflict <> 'undeclared' OR NEW.member_id IS NOT NULL OR NEW.sealed_at IS NOT NULL OR NEW.commitment <> '' THEN
      RAISE EXCEPTION 'a seat is taken by the invited person, nobody else' USING ERRCODE = 'check_violation';
    END IF;
    because := attribution_side_of(NEW.incident_id, NEW.organisation_id);
    IF because IS NOT NULL OR p.round > 1 THEN
      RAISE EXCEPTION 'this organisation has no seat: %', coalesce(because, 'second round') USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (OLD.panel_id, OLD.number, OLD.discipline, OLD.seat, OLD.organisation_id, OLD.invited_by_id, OLD.invited_at)
     IS DISTINCT FROM (NEW.panel_id, NEW.number, NEW.discipline, NEW.seat, NEW.organisation_id, NEW.invited_by_id, NEW.invited_at)
     OR (OLD.recused_at IS NOT NULL AND NEW.recused_at IS DISTINCT FROM OLD.recused_at)
     OR (OLD.conflict = 'declared' AND NEW.conflict <> 'declared')
     OR (OLD.conflict <> 'undeclared' AND (NEW.conflict = 'undeclared' OR NEW.member_id IS DISTINCT FROM OLD.member_id
       OR NEW.nationalities IS DISTINCT FROM OLD.nationalities)) THEN
    RAISE EXCEPTION 'a seat keeps what was said of it' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.conflict IS DISTINCT FROM OLD.conflict THEN
    IF NEW.member_id IS DISTINCT FROM app_user() OR NOT EXISTS (
      SELECT FROM organisations_membership m WHERE m.user_id = NEW.member_id AND m.organisation_id = NEW.organisation_id
         AND (m.until IS NULL OR m.until > clock_timestamp())) THEN
      RAISE EXCEPTION 'nobody declares for another' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.conflict = 'none' THEN
      because := coalesce(attribution_part_in_case(NEW.incident_id, p.finding_id, NEW.member_id),
                          attribution_side_of(NEW.incident_id, NEW.organisation_id),
                          attribution_side_of_person(NEW.incident_id, NEW.nationalities::text[]),
                          CASE WHEN attribution_spoke_before(p.id, p.finding_id, NEW.member_id) THEN 'spoke_before' END,
                          CASE WHEN NEW.nationalities = '{}' THEN 'no nationality' END);
      IF because IS NOT NULL OR OLD.recused_at IS NOT NULL OR p.state NOT IN ('inviting', 'sealed') OR p.round > 1 THEN
        RAISE EXCEPTION 'this person cannot take this seat: %', coalesce(because, 'it is not open') USING ERRCODE = 'check_violation';
      END IF;
    END IF;
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION attribution_seat_bar(of_seat bigint) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT CASE WHEN p.state NOT IN ('inviting', 'sealed') OR p.round > 1 THEN 'over'
              WHEN attribution_spoke_before(p.id, p.finding_id, app_user()) THEN 'spoke_before'
              ELSE attribution_part_in_case(s.incident_id, p.finding_id, app_user()) END
    FROM attribution_seat s JOIN attribution_panel p ON p.id = s.panel_id
   WHERE s.id = of_seat AND s.organisation_id = ANY (app_orgs())
$$;

CREATE OR REPLACE FUNCTION attribution_opinion_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  s record;
  p record;
BEGIN
  -- One round is opened at one moment: an opinion and the opening wait for each other.
  SELECT * INTO p FROM attribution_panel WHERE id = NEW.panel_id FOR SHARE;
  SELECT * INTO s FROM attribution_seat WHERE id = NEW.seat_id;
  IF NEW.author_id IS DISTINCT FROM app_user() OR s.member_id IS DISTINCT FROM NEW.author_id OR s.conflict <> 'none' OR s.recused_at IS NOT NULL THEN
    RAISE EXCEPTION 'an opinion is given by the member in the seat, after declaring no conflict' USING ERRCODE = 'check_violation';
  END IF;
  IF p.state <> 'sealed' OR p.deadline < clock_timestamp() OR NEW.round <> p.round
     OR (TG_OP = 'UPDATE' AND (NEW.round, NEW.seat_id) IS DISTINCT FROM (OLD.round, OLD.seat_id)) THEN
    RAISE EXCEPTION 'this round takes no opinion now' USING ERRCODE = 'check_violation';
  END IF;
  -- Who has read the first opinions without giving one gives none after.
  IF p.round > 1 AND NOT EXISTS (SELECT FROM attribution_opinion o WHERE o.seat_id = NEW.seat_id AND o.round = 1 AND o.revealed_at IS NOT NULL) THEN
    RAISE EXCEPTION 'the second round is for who spoke in the first' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.scale <> p.scale THEN
    RAISE EXCEPTION 'one scale for everybody (R1.5)' USING ERRCODE = 'check_violation';
  END IF;
  NEW.sealed_at := clock_timestamp();
  NEW.revealed_at := NULL;
  RETURN NEW;
END $$;

DROP TRIGGER opened_by_the_rule ON attribution_panel;
CREATE TRIGGER opened_by_the_rule BEFORE UPDATE ON attribution_panel FOR EACH ROW
  WHEN (current_user <> 'norms_definer' AND ((NEW.state = 'revealed') IS DISTINCT FROM (OLD.state = 'revealed') AND NOT (OLD.state = 'revealed' AND NEW.state = 'closed')
        OR OLD.revealed_at IS DISTINCT FROM NEW.revealed_at OR OLD.state = 'closed'
        OR (OLD.finding_id, OLD.number, OLD.scale, OLD.required_seats, OLD.quorum, OLD.round, OLD.by_name)
           IS DISTINCT FROM (NEW.finding_id, NEW.number, NEW.scale, NEW.required_seats, NEW.quorum, NEW.round, NEW.by_name)))
  EXECUTE FUNCTION refuse_change();

-- Opens a round, all opinions at once. Answers why not, or 'opened'. A second round waits for who spoke in the first.
CREATE OR REPLACE FUNCTION attribution_reveal(of_panel bigint) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  p record;
BEGIN
  SELECT q.* INTO p FROM attribution_panel q JOIN incidents_incident i ON i.id = q.incident_id
   WHERE q.id = of_panel AND i.evidence_audience && app_orgs() FOR UPDATE OF q;
  IF NOT FOUND THEN
    RETURN 'not_found';
  ELSIF p.state <> 'sealed' THEN
    RETURN 'not_sealed';
  ELSIF p.deadline >= clock_timestamp() AND EXISTS (
    SELECT FROM attribution_seat s WHERE s.panel_id = p.id AND s.recused_at IS NULL AND s.sealed_at IS NULL
       AND (p.round = 1 OR EXISTS (SELECT FROM attribution_opinion o WHERE o.seat_id = s.id AND o.round = 1))) THEN
    RETURN 'waiting';
  ELSIF (SELECT count(*) FROM attribution_seat WHERE panel_id = p.id AND recused_at IS NULL AND sealed_at IS NOT NULL) < p.quorum
     OR EXISTS (SELECT FROM unnest(p.required_seats) r(code) WHERE NOT EXISTS (
       SELECT FROM attribution_seat s WHERE s.panel_id = p.id AND s.seat = r.code AND s.recused_at IS NULL AND s.sealed_at IS NOT NULL)) THEN
    RETURN 'no_quorum';
  END IF;
  UPDATE attribution_panel SET state = 'revealed', revealed_at = coalesce(revealed_at, clock_timestamp()) WHERE id = p.id;
  UPDATE attribution_opinion SET revealed_at = clock_timestamp() WHERE panel_id = p.id AND round = p.round;
  DELETE FROM attribution_rating o USING attribution_rating r, attribution_seat s
   WHERE s.panel_id = p.id AND r.incident_id = p.incident_id AND r.assessor_id = s.member_id AND NOT r.is_open
     AND o.is_open AND (o.item_id, o.hypothesis_id, o.assessor_id) = (r.item_id, r.hypothesis_id, r.assessor_id);
  DELETE FROM attribution_rating r USING attribution_seat s
   WHERE s.panel_id = p.id AND r.incident_id = p.incident_id AND r.assessor_id = s.member_id AND NOT r.is_open AND r.value = '';
  UPDATE attribution_rating r SET is_open = true FROM attribution_seat s
   WHERE s.panel_id = p.id AND r.incident_id = p.incident_id AND r.assessor_id = s.member_id AND NOT r.is_open
     AND NOT EXISTS (SELECT FROM attribution_seat t JOIN attribution_panel q ON q.id = t.panel_id
       WHERE t.incident_id = r.incident_id AND t.member_id = r.assessor_id AND t.recused_at IS NULL AND q.state IN ('inviting', 'sealed'));
  RETURN 'opened';
END $$;

-- Begins the second round of an opened panel, sealed again, for the holder of the case. Answers why not, or 'begun'.
CREATE FUNCTION attribution_second_round(of_panel bigint, until timestamptz) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  p record;
BEGIN
  SELECT q.* INTO p FROM attribution_panel q JOIN incidents_incident i ON i.id = q.incident_id
   WHERE q.id = of_panel AND i.holder_id = ANY (app_orgs()) FOR UPDATE OF q;
  IF NOT FOUND THEN
    RETURN 'not_found';
  ELSIF p.state <> 'revealed' OR p.round <> 1 THEN
    RETURN 'not_opened';
  ELSIF EXISTS (SELECT FROM attribution_panel WHERE finding_id = p.finding_id AND number > p.number) THEN
    RETURN 'later_panel';
  END IF;
  UPDATE attribution_panel SET state = 'sealed', round = 2, deadline = until WHERE id = p.id;
  UPDATE attribution_seat SET commitment = '', sealed_at = NULL, answer_by = until WHERE panel_id = p.id;
  RETURN 'begun';
END $$;
"""

DISCUSSION = """
ALTER TABLE attribution_remark
  ADD CONSTRAINT panel_of_same_case FOREIGN KEY (panel_id, incident_id) REFERENCES attribution_panel (id, incident_id),
  ADD CONSTRAINT seat_of_same_panel FOREIGN KEY (seat_id, panel_id) REFERENCES attribution_seat (id, panel_id);
CREATE FUNCTION attribution_remark_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  state_now text;
BEGIN
  -- Shared with the beginning of the second round: a word said is said before it is sealed, or not at all.
  SELECT state INTO state_now FROM attribution_panel WHERE id = NEW.panel_id FOR SHARE;
  IF state_now <> 'revealed' OR NEW.said_by_id IS DISTINCT FROM app_user() OR NOT EXISTS (
    SELECT FROM attribution_seat WHERE id = NEW.seat_id AND member_id = NEW.said_by_id AND conflict = 'none' AND recused_at IS NULL) THEN
    RAISE EXCEPTION 'members discuss once opinions are open' USING ERRCODE = 'check_violation';
  END IF;
  NEW.said_at := clock_timestamp();
  RETURN NEW;
END $$;
CREATE TRIGGER remark_guard BEFORE INSERT ON attribution_remark FOR EACH ROW EXECUTE FUNCTION attribution_remark_guard();
"""

# Whoever leaves the house that sent them leaves the seat, and what the seat had opened closes with the same change.
# A membership that runs out by its date is found by the sweep.
LEAVING = """
CREATE FUNCTION attribution_leave_seats(person int, house int) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  UPDATE attribution_seat s SET recused_at = clock_timestamp(), recused_reason = 'left_house' FROM attribution_panel p
   WHERE p.id = s.panel_id AND p.state <> 'closed' AND s.member_id = person AND s.organisation_id = house AND s.recused_at IS NULL;
  DELETE FROM incidents_incidentuserpermission g USING attribution_seat s
   WHERE s.member_id = person AND s.organisation_id = house AND g.content_object_id = s.incident_id
     AND g.user_id = person AND g.reason = 'Panel seat S-' || s.number;
$$;
CREATE FUNCTION attribution_member_left() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM attribution_leave_seats(OLD.user_id, OLD.organisation_id);
  RETURN NULL;
END $$;
CREATE TRIGGER member_left_house AFTER UPDATE OF until ON organisations_membership FOR EACH ROW
  WHEN (NEW.until IS NOT NULL AND NEW.until <= clock_timestamp()) EXECUTE FUNCTION attribution_member_left();
CREATE TRIGGER member_gone AFTER DELETE ON organisations_membership FOR EACH ROW EXECUTE FUNCTION attribution_member_left();

CREATE FUNCTION attribution_lapsed_seats() RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  gone record;
  found int := 0;
BEGIN
  FOR gone IN
    SELECT DISTINCT s.member_id, s.organisation_id FROM attribution_seat s
      JOIN incidents_incidentuserpermission g ON g.content_object_id = s.incident_id AND g.user_id = s.member_id AND g.reason = 'Panel seat S-' || s.number
      JOIN organisations_membership m ON m.user_id = s.member_id AND m.organisation_id = s.organisation_id
     WHERE m.until <= clock_timestamp()
  LOOP
    PERFORM attribution_leave_seats(gone.member_id, gone.organisation_id);
    found := found + 1;
  END LOOP;
  RETURN found;
END $$;
"""

OWNERS = "".join(
    f"ALTER FUNCTION {name}() OWNER TO norms_definer;" for name in ("attribution_remark_guard", "attribution_member_left")
) + "".join(
    rls.definer(signature)
    for signature in (
        "attribution_side_of_person(bigint, text[])", "attribution_second_round(bigint, timestamptz)", "attribution_lapsed_seats()",
    )
) + "".join(
    f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC; ALTER FUNCTION {signature} OWNER TO norms_definer;"
    for signature in ("attribution_spoke_before(bigint, bigint, int)", "attribution_leave_seats(int, int)")
)  # fmt: skip


class Migration(migrations.Migration):

    dependencies = [
        ('attribution', '0004_replies'),
        ('incidents', '0003_activity_by_verb'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Remark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(verbose_name='what you say')),
                ('said_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.AlterModelOptions(
            name='opinion',
            options={'ordering': ['seat', 'round']},
        ),
        migrations.AddField(
            model_name='opinion',
            name='round',
            field=models.PositiveSmallIntegerField(default=1, editable=False, verbose_name='round'),
        ),
        migrations.AddField(
            model_name='panel',
            name='by_name',
            field=models.BooleanField(default=True, verbose_name='members speak by name in the discussion'),
        ),
        migrations.AddField(
            model_name='panel',
            name='round',
            field=models.PositiveSmallIntegerField(default=1, editable=False, verbose_name='round'),
        ),
        migrations.AddField(
            model_name='seat',
            name='nationalities',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), blank=True, default=list, help_text="The member's own, as they declared them.", size=None),
        ),
        migrations.AlterField(
            model_name='opinion',
            name='seat',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='opinions', to='attribution.seat'),
        ),
        migrations.AlterField(
            model_name='panel',
            name='revealed_at',
            field=models.DateTimeField(editable=False, help_text='When its opinions were first opened.', null=True),
        ),
        migrations.AddConstraint(
            model_name='opinion',
            constraint=models.UniqueConstraint(fields=('seat', 'round'), name='one_opinion_a_round'),
        ),
        migrations.AddConstraint(
            model_name='panel',
            constraint=models.CheckConstraint(condition=models.Q(('round__in', [1, 2])), name='panel_of_two_rounds'),
        ),
        migrations.AddField(
            model_name='remark',
            name='incident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='incidents.incident'),
        ),
        migrations.AddField(
            model_name='remark',
            name='panel',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='remarks', to='attribution.panel'),
        ),
        migrations.AddField(
            model_name='remark',
            name='said_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='remark',
            name='seat',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='attribution.seat'),
        ),
        migrations.AddConstraint(
            model_name='remark',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='remark_says_something'),
        ),
        case_child("attribution_remark", grade="evidence", add=f"{SEES} AND said_by_id = {rls.ME}", edit=None),
        append_only_child("attribution_remark"),
        rls.sql(ROUNDS),
        rls.sql(DISCUSSION),
        rls.sql(LEAVING),
        rls.sql(OWNERS),
    ]
