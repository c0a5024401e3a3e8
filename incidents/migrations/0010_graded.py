"""Grants by the grade, each with its own end; export beside them; previews, hand-over, emergencies, and what is over (SHR-2)."""

import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from core import rls
from incidents.tenancy import append_only_child, case_child

ACCESS = """
ALTER TABLE incidents_access DROP CONSTRAINT incidents_access_pkey, ADD PRIMARY KEY (principal, incident_id, grade);
DROP POLICY tenant_read ON incidents_access;
CREATE POLICY tenant_read ON incidents_access FOR SELECT TO norms_app
  USING (principal = ANY ((SELECT app_orgs())::int[]) AND (until IS NULL OR until > now()));
"""

RESYNC = """
-- Every grant that is good now, as the rows of `access`: of the two books, and of previews (whose number nobody is).
CREATE FUNCTION incidents_book(ids bigint[]) RETURNS TABLE (incident_id bigint, principal int, grade int, until timestamptz, may_export boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT g.content_object_id, g.principal, grade_number(p.codename), g.until, g.may_export
    FROM (SELECT content_object_id, permission_id, principal, until, may_export FROM incidents_incidentgrouppermission WHERE content_object_id = ANY (ids)
          UNION ALL SELECT content_object_id, permission_id, principal, until, may_export FROM incidents_incidentuserpermission WHERE content_object_id = ANY (ids)) g
    JOIN incidents_incident i ON i.id = g.content_object_id AND g.principal <> i.holder_id
    JOIN auth_permission p ON p.id = g.permission_id
   WHERE g.until IS NULL OR g.until > clock_timestamp()
  UNION ALL
  SELECT v.incident_id, v.number, x.grade::int, v.until, v.may_export
    FROM incidents_preview v, unnest(v.grades) x(grade)
   WHERE v.incident_id = ANY (ids) AND v.ended_at IS NULL AND v.until > clock_timestamp()
$$;

CREATE OR REPLACE FUNCTION incidents_resync(ids bigint[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  child record;
BEGIN
  -- One writer of a case's audience at a time: two grants at once must not lose each other.
  PERFORM FROM incidents_incident WHERE id = ANY (ids) ORDER BY id FOR UPDATE;
  DELETE FROM incidents_access WHERE incident_id = ANY (ids) AND grade < 100;
  INSERT INTO incidents_access (principal, incident_id, grade, filed_at, until, may_export)
    SELECT b.principal, b.incident_id, b.grade, i.filed_at, b.until, b.may_export
      FROM incidents_book(ids) b JOIN incidents_incident i ON i.id = b.incident_id;
  INSERT INTO principal_ticket (principal, until)
    SELECT DISTINCT principal, until FROM incidents_access WHERE incident_id = ANY (ids) AND until IS NOT NULL
    ON CONFLICT DO NOTHING;
  UPDATE incidents_incident i SET audience = a.everyone, evidence_audience = a.readers
    FROM (SELECT x.incident_id, array_agg(DISTINCT coalesce(t.number, x.principal)) AS everyone,
                 coalesce(array_agg(DISTINCT coalesce(t.number, x.principal)) FILTER (WHERE x.grade >= 20), '{}') AS readers
            FROM incidents_access x LEFT JOIN principal_ticket t ON t.principal = x.principal AND t.until = x.until
           WHERE x.incident_id = ANY (ids) GROUP BY x.incident_id) a
   WHERE i.id = a.incident_id AND (i.audience, i.evidence_audience) IS DISTINCT FROM (a.everyone, a.readers);
  FOR child IN
    SELECT c.oid::regclass::text AS name, col_description(c.oid, t.attnum) AS grade
      FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid
     WHERE t.attname = 'audience' AND NOT t.attisdropped AND c.relkind = 'r' AND col_description(c.oid, t.attnum) IN ('summary', 'evidence')
  LOOP
    EXECUTE format('UPDATE %s c SET audience = i.%I FROM incidents_incident i WHERE c.incident_id = i.id AND i.id = ANY ($1) AND c.audience IS DISTINCT FROM i.%I',
      child.name, CASE child.grade WHEN 'summary' THEN 'audience' ELSE 'evidence_audience' END,
      CASE child.grade WHEN 'summary' THEN 'audience' ELSE 'evidence_audience' END) USING ids;
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION incidents_access_faults() RETURNS TABLE (incident_id bigint) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  WITH book AS (
    SELECT i.id, i.holder_id AS principal, 100 AS grade, NULL::timestamptz AS until FROM incidents_incident i
    UNION ALL
    SELECT b.incident_id, b.principal, b.grade, b.until FROM incidents_book(ARRAY(SELECT id FROM incidents_incident)) b
  )
  SELECT coalesce(b.id, a.incident_id)
    FROM book b FULL JOIN incidents_access a ON a.incident_id = b.id AND a.principal = b.principal AND a.grade = b.grade
   WHERE b.grade IS NULL OR a.grade IS NULL OR b.until IS DISTINCT FROM a.until
  UNION
  SELECT i.id FROM incidents_incident i
   WHERE i.audience IS DISTINCT FROM ARRAY(
     SELECT DISTINCT coalesce(t.number, b.principal) FROM book b
       LEFT JOIN principal_ticket t ON t.principal = b.principal AND t.until = b.until WHERE b.id = i.id ORDER BY 1)
$$;
"""

# What is over is kept, with how it ended: the book itself holds only what is good.
PAST = """
CREATE FUNCTION grant_is_past() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  was jsonb := to_jsonb(OLD);
BEGIN
  INSERT INTO incidents_pastgrant (incident_id, principal, holder_principal, group_id, user_id, organisation_id, grade, may_export, reason,
                                   granted_by_id, granted_at, until, ended_at, ended_by_id, how)
    SELECT OLD.content_object_id, OLD.principal, OLD.holder_principal, (was ->> 'group_id')::int, (was ->> 'user_id')::int,
           coalesce((was ->> 'organisation_id')::int, (SELECT organisation_id FROM organisations_rolegroup WHERE group_id = (was ->> 'group_id')::int)),
           grade_number(p.codename), OLD.may_export, OLD.reason, OLD.granted_by_id, OLD.granted_at, OLD.until, clock_timestamp(),
           CASE WHEN OLD.until <= clock_timestamp() THEN NULL ELSE app_user() END,
           CASE WHEN OLD.until <= clock_timestamp() THEN 'expired' ELSE 'ended' END
      FROM auth_permission p WHERE p.id = OLD.permission_id;
  RETURN NULL;
END $$;
CREATE TRIGGER is_past AFTER DELETE ON incidents_incidentgrouppermission FOR EACH ROW EXECUTE FUNCTION grant_is_past();
CREATE TRIGGER is_past AFTER DELETE ON incidents_incidentuserpermission FOR EACH ROW EXECUTE FUNCTION grant_is_past();
ALTER FUNCTION grant_is_past() OWNER TO norms_definer;
COMMENT ON TABLE incidents_pastgrant IS 'read only';

CREATE OR REPLACE FUNCTION incidents_expire_grants() RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  gone int; more int;
BEGIN
  DELETE FROM incidents_incidentgrouppermission WHERE until <= clock_timestamp();
  GET DIAGNOSTICS gone = ROW_COUNT;
  DELETE FROM incidents_incidentuserpermission WHERE until <= clock_timestamp();
  GET DIAGNOSTICS more = ROW_COUNT;
  UPDATE incidents_preview SET ended_at = until WHERE ended_at IS NULL AND until <= clock_timestamp();
  DELETE FROM principal_ticket WHERE until <= clock_timestamp() - interval '7 days';
  RETURN gone + more;
END $$;
"""

PREVIEW = """
-- A preview shows at most what its viewer may see: it is made by whoever holds the case, on that case alone, for an hour at most.
CREATE FUNCTION preview_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM FROM incidents_incident WHERE id = NEW.incident_id AND holder_id = NEW.viewer_organisation_id AND holder_id = ANY (app_orgs());
    IF NOT FOUND OR NEW.viewer_id IS DISTINCT FROM app_user() OR NEW.until > clock_timestamp() + interval '1 hour' OR NEW.ended_at IS NOT NULL
       OR 100 <= ANY (NEW.grades) THEN
      RAISE EXCEPTION 'a preview is made by the holder of the case, for an hour at most' USING ERRCODE = 'check_violation';
    END IF;
    NEW.number := nextval('principal_id_seq');
  ELSIF (to_jsonb(OLD) - 'audience' - 'ended_at') IS DISTINCT FROM (to_jsonb(NEW) - 'audience' - 'ended_at')
     OR (OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at) THEN
    RAISE EXCEPTION 'a preview only ends' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER preview_guard BEFORE INSERT OR UPDATE ON incidents_preview FOR EACH ROW EXECUTE FUNCTION preview_guard();
CREATE FUNCTION preview_opens() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM incidents_resync(ARRAY[NEW.incident_id]);
  RETURN NULL;
END $$;
CREATE TRIGGER preview_opens AFTER INSERT OR UPDATE OF ended_at ON incidents_preview FOR EACH ROW EXECUTE FUNCTION preview_opens();
ALTER FUNCTION preview_guard() OWNER TO norms_definer; ALTER FUNCTION preview_opens() OWNER TO norms_definer;
"""

HAND_OVER = """
CREATE OR REPLACE FUNCTION incident_keeps_holder() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- One service changes the holder, through incidents_take_over; reference and filer never change.
  IF current_user = 'norms_definer' AND (OLD.reference, OLD.filed_by_id) IS NOT DISTINCT FROM (NEW.reference, NEW.filed_by_id) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a case is handed over by a service of its own, not by an update' USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION hand_over_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM FROM incidents_incident i WHERE i.id = NEW.incident_id AND i.holder_id = NEW.from_organisation_id AND i.holder_id = ANY (app_orgs());
    IF NOT FOUND OR NEW.state <> 'offered' OR NEW.offered_by_id IS DISTINCT FROM app_user() OR accreditation_standard(NEW.to_organisation_id) IS NULL THEN
      RAISE EXCEPTION 'a case is offered by its holder, to an accredited organisation' USING ERRCODE = 'check_violation';
    END IF;
  ELSIF OLD.state <> 'offered' OR (to_jsonb(OLD) - ARRAY['audience', 'state', 'answered_by_id', 'answered_at', 'answer'])
        IS DISTINCT FROM (to_jsonb(NEW) - ARRAY['audience', 'state', 'answered_by_id', 'answered_at', 'answer']) THEN
    IF (to_jsonb(OLD) - 'audience') IS DISTINCT FROM (to_jsonb(NEW) - 'audience') THEN
      RAISE EXCEPTION 'an offer that was answered stays as it was answered' USING ERRCODE = 'restrict_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER hand_over_guard BEFORE INSERT OR UPDATE ON incidents_handover FOR EACH ROW EXECUTE FUNCTION hand_over_guard();
-- 'accepted' is said by the function that also does it.
CREATE TRIGGER taken_by_the_function BEFORE UPDATE OF state ON incidents_handover FOR EACH ROW
  WHEN (NEW.state = 'accepted' AND OLD.state = 'offered' AND current_user <> 'norms_definer') EXECUTE FUNCTION refuse_change();

-- The case, its grants and whatever follows its holder, in one change. The giver keeps the grade that was agreed.
CREATE FUNCTION incidents_take_over(of_offer bigint) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  o record;
  follower record;
BEGIN
  SELECT h.* INTO o FROM incidents_handover h JOIN incidents_incident i ON i.id = h.incident_id AND i.holder_id = h.from_organisation_id
   WHERE h.id = of_offer AND h.state = 'offered' AND h.to_organisation_id = ANY (app_orgs()) AND accreditation_standard(h.to_organisation_id) IS NOT NULL
     FOR UPDATE OF h, i;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  UPDATE incidents_handover SET state = 'accepted', answered_by_id = app_user(), answered_at = clock_timestamp() WHERE id = o.id;
  UPDATE incidents_preview SET ended_at = clock_timestamp() WHERE incident_id = o.incident_id AND ended_at IS NULL;
  UPDATE incidents_incident SET holder_id = o.to_organisation_id, in_charge_id = NULL WHERE id = o.incident_id;
  UPDATE incidents_access SET principal = o.to_organisation_id WHERE incident_id = o.incident_id AND grade = 100;
  DELETE FROM incidents_incidentgrouppermission g USING organisations_rolegroup r
   WHERE g.content_object_id = o.incident_id AND r.group_id = g.group_id AND r.organisation_id = o.to_organisation_id;
  UPDATE incidents_incidentgrouppermission SET holder_principal = o.to_organisation_id WHERE content_object_id = o.incident_id;
  UPDATE incidents_incidentuserpermission SET holder_principal = o.to_organisation_id WHERE content_object_id = o.incident_id;
  INSERT INTO incidents_incidentgrouppermission (group_id, permission_id, content_object_id, principal, holder_principal, granted_by_id, reason)
    SELECT r.group_id, p.id, o.incident_id, r.principal, o.to_organisation_id, o.offered_by_id, 'Held the case before'
      FROM organisations_rolegroup r, auth_permission p JOIN django_content_type c ON c.id = p.content_type_id
     WHERE r.organisation_id = o.from_organisation_id AND r.role = '' AND c.app_label = 'incidents' AND c.model = 'incident'
       AND grade_number(p.codename) = CASE WHEN accreditation_standard(o.from_organisation_id) IS NULL THEN 10 ELSE o.keeps END;
  FOR follower IN
    SELECT c.oid::regclass::text AS name, t.attname::text AS holder FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid
     WHERE NOT t.attisdropped AND c.relkind = 'r' AND col_description(c.oid, t.attnum) = 'follows the holder of the case'
  LOOP
    EXECUTE format('UPDATE %s SET %I = $1 WHERE incident_id = $2', follower.name, follower.holder) USING o.to_organisation_id, o.incident_id;
  END LOOP;
  PERFORM incidents_resync(ARRAY[o.incident_id]);
  RETURN true;
END $$;
"""

# The one door without a grant. It leaves a row for ever, and a grant in the person's own name that ends by its date.
EMERGENCY = """
CREATE FUNCTION incidents_open_in_emergency(of_reference text, why text, hours int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  house int;
  root bigint;
  holder int;
  opened bigint;
  ends timestamptz := clock_timestamp() + make_interval(hours => hours);
BEGIN
  SELECT o.id INTO house FROM organisations_membership m JOIN organisations_organisation o ON o.id = m.organisation_id
   WHERE m.user_id = app_user() AND o.id = ANY (app_orgs()) AND o.is_secretariat AND m.roles @> ARRAY['emergency']::varchar[]
     AND m.suspended_at IS NULL AND (m.until IS NULL OR m.until > clock_timestamp());
  SELECT i.id, i.holder_id INTO root, holder FROM incidents_incident i WHERE i.reference = of_reference;
  IF house IS NULL OR root IS NULL OR btrim(why) = '' THEN
    RETURN NULL;
  END IF;
  INSERT INTO incidents_emergencyopening (incident_id, person_id, organisation_id, reason, until)
    VALUES (root, app_user(), house, btrim(why), ends) RETURNING id INTO opened;
  INSERT INTO incidents_incidentuserpermission (user_id, permission_id, content_object_id, principal, holder_principal, granted_by_id, reason, until, organisation_id)
    SELECT app_user(), p.id, root, app_user(), holder, app_user(), left('Emergency: ' || btrim(why), 300), ends, house
      FROM auth_permission p JOIN django_content_type c ON c.id = p.content_type_id
     WHERE c.app_label = 'incidents' AND c.model = 'incident' AND p.codename = 'grade_evidence'
    ON CONFLICT (user_id, permission_id, content_object_id) DO UPDATE SET until = excluded.until, reason = excluded.reason
     WHERE incidents_incidentuserpermission.until IS NOT NULL;
  RETURN opened;
END $$;
"""

# How far a member reaches, in numbers: for the administrators of their house, who may not see every one of these cases.
REACH = """
CREATE FUNCTION incidents_reach_of(person int, house int) RETURNS TABLE (how text, cases bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  WITH member AS (
    SELECT m.roles FROM organisations_membership m
     WHERE m.user_id = person AND m.organisation_id = house AND house = ANY (app_orgs()) AND (m.until IS NULL OR m.until > clock_timestamp())
  ), numbers AS (
    SELECT house AS number, 'held' AS held, 'house' AS granted FROM member WHERE NOT roles @> ARRAY['guest']::varchar[]
    UNION ALL SELECT g.principal, 'held', 'role' FROM member, organisations_rolegroup g WHERE g.organisation_id = house AND g.role <> '' AND g.role = ANY (roles)
    UNION ALL SELECT person, 'held', 'name' FROM member
  )
  SELECT CASE WHEN a.grade = 100 THEN n.held ELSE n.granted END, count(DISTINCT a.incident_id)
    FROM numbers n JOIN incidents_access a ON a.principal = n.number AND (a.until IS NULL OR a.until > clock_timestamp())
   GROUP BY 1
  UNION ALL
  SELECT 'watches', count(*) FROM notifications_watch w WHERE w.user_id = person AND EXISTS (SELECT FROM member) HAVING count(*) > 0
$$;

-- Whoever leaves a house leaves what it gave them: grants in their name as one of it, and watches of what they reach no more.
CREATE FUNCTION incidents_member_left() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  DELETE FROM incidents_incidentuserpermission WHERE user_id = NEW.user_id AND organisation_id = NEW.organisation_id;
  DELETE FROM notifications_watch w WHERE w.user_id = NEW.user_id AND NOT EXISTS (
    SELECT FROM incidents_access a WHERE a.principal = ANY (notifications_principals(NEW.user_id)) AND a.incident_id = w.root_id
       AND (a.until IS NULL OR a.until > clock_timestamp()));
  RETURN NULL;
END $$;
CREATE TRIGGER member_left_cases AFTER UPDATE OF until ON organisations_membership FOR EACH ROW
  WHEN (NEW.until IS NOT NULL AND NEW.until <= clock_timestamp()) EXECUTE FUNCTION incidents_member_left();
ALTER FUNCTION incidents_member_left() OWNER TO norms_definer;

-- A guest reaches nothing through the house that invited them: only what is shared in their own name.
CREATE OR REPLACE FUNCTION notifications_principals(person int) RETURNS int[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT array_agg(reached) FROM (
    SELECT person AS reached
    UNION SELECT g.principal FROM organisations_membership m JOIN organisations_rolegroup g ON g.organisation_id = m.organisation_id
     WHERE m.user_id = person AND m.suspended_at IS NULL AND (m.until IS NULL OR m.until > clock_timestamp())
       AND NOT m.roles @> ARRAY['guest']::varchar[] AND (g.role = '' OR g.role = ANY (m.roles))) p
$$;
"""

# Before there was a right to export, overseeing held it: what was given so stays given.
YESTERDAY = """
DO $$
DECLARE
  t record;
BEGIN
  -- An empty installation has no shares, and no privileges yet: they are set after its first migration.
  IF NOT has_table_privilege('norms_definer', 'incidents_incidentgrouppermission', 'UPDATE') THEN
    RETURN;
  END IF;
  -- Tables made in this same run have none yet either.
  FOR t IN
    SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE a.attname = 'audience' AND NOT a.attisdropped AND c.relkind = 'r' AND pg_get_userbyid(c.relowner) = current_user
  LOOP
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO norms_definer', t.name);
  END LOOP;
  SET LOCAL ROLE norms_definer;
  UPDATE incidents_incidentgrouppermission g SET may_export = true FROM auth_permission p WHERE p.id = g.permission_id AND p.codename = 'grade_oversee';
  UPDATE incidents_incidentuserpermission g SET may_export = true FROM auth_permission p WHERE p.id = g.permission_id AND p.codename = 'grade_oversee';
  PERFORM incidents_resync(ARRAY(
    SELECT content_object_id FROM incidents_incidentgrouppermission WHERE until IS NOT NULL OR may_export
    UNION SELECT content_object_id FROM incidents_incidentuserpermission
    UNION SELECT g.content_object_id FROM incidents_incidentgrouppermission g GROUP BY g.content_object_id, g.principal HAVING count(*) > 1));
  RESET ROLE;
END $$;
"""

OWNERS = (
    "ALTER FUNCTION hand_over_guard() OWNER TO norms_definer;"
    + rls.definer("incidents_book(bigint[])", to="norms_definer")
    + rls.definer("incidents_take_over(bigint)")
    + rls.definer("incidents_open_in_emergency(text, text, int)")
    + rls.definer("incidents_reach_of(int, int)")
)

GRANTED = f"principal = ANY ({rls.ORGS}) OR holder_principal = ANY ({rls.ORGS})"
OFFERED = f"from_organisation_id = ANY ({rls.ORGS}) OR to_organisation_id = ANY ({rls.ORGS})"
VIEWED = f"viewer_id = {rls.ME}"


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('incidents', '0009_deadline_walls'),
        ('organisations', '0006_guests'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='access',
            name='may_export',
            field=models.BooleanField(db_default=False),
        ),
        migrations.AddField(
            model_name='incident',
            name='in_charge',
            field=models.ForeignKey(editable=False, help_text='A member of the organisation that holds the case; reassigned before they leave it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='in charge'),
        ),
        migrations.AddField(
            model_name='incidentgrouppermission',
            name='may_export',
            field=models.BooleanField(db_default=False, help_text='A right of its own, beside the grade.', verbose_name='may export'),
        ),
        migrations.AddField(
            model_name='incidentuserpermission',
            name='may_export',
            field=models.BooleanField(db_default=False),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField('access', 'pk', models.CompositePrimaryKey('principal', 'incident_id', 'grade', blank=True, editable=False, primary_key=True, serialize=False)),
            ]
        ),
        migrations.CreateModel(
            name='EmergencyOpening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300)),
                ('opened_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('until', models.DateTimeField()),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='incidents.incident')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='emergency_has_a_reason'), models.CheckConstraint(condition=models.Q(('until__gt', models.F('opened_at')), ('until__lte', django.db.models.expressions.CombinedExpression(models.F('opened_at'), '+', models.Value(datetime.timedelta(days=1))))), name='emergency_ends_within_a_day')],
            },
        ),
        migrations.CreateModel(
            name='HandOver',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('keeps', models.PositiveSmallIntegerField(choices=[(10, 'See the summary'), (20, 'See evidence'), (30, 'Contribute evidence'), (40, 'Assess'), (50, 'Coordinate the response'), (60, 'Oversee'), (100, 'Hold the case')], help_text='The grade the organisation that hands over has afterwards.', verbose_name='what the giver keeps')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('offered_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('state', models.CharField(choices=[('offered', 'Offered'), ('accepted', 'Taken'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], default='offered', max_length=10)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answer', models.CharField(blank=True, max_length=300)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('from_organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='incidents.incident')),
                ('offered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('to_organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'offered')), fields=('incident',), name='one_open_hand_over'), models.CheckConstraint(condition=models.Q(('state__in', ['offered', 'accepted', 'declined', 'withdrawn'])), name='hand_over_state'), models.CheckConstraint(condition=models.Q(('to_organisation', models.F('from_organisation')), _negated=True), name='handed_to_another')],
            },
        ),
        migrations.CreateModel(
            name='PastGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('principal', models.IntegerField()),
                ('holder_principal', models.IntegerField()),
                ('grade', models.PositiveSmallIntegerField(choices=[(10, 'See the summary'), (20, 'See evidence'), (30, 'Contribute evidence'), (40, 'Assess'), (50, 'Coordinate the response'), (60, 'Oversee'), (100, 'Hold the case')])),
                ('may_export', models.BooleanField()),
                ('reason', models.CharField(max_length=300)),
                ('granted_at', models.DateTimeField()),
                ('until', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField()),
                ('how', models.CharField(choices=[('ended', 'ended'), ('expired', 'ran out')], max_length=8)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('granted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('group', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='auth.group')),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='incidents.incident')),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('how__in', ['ended', 'expired'])), name='past_grant_how')],
            },
        ),
        migrations.CreateModel(
            name='Preview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField(db_default=models.Func(models.Value('principal_id_seq'), function='nextval', output_field=models.IntegerField()), editable=False, unique=True)),
                ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), size=None)),
                ('grades', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), size=None)),
                ('may_export', models.BooleanField(default=False)),
                ('started_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('until', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='incidents.incident')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('viewer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('viewer_organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('grades', []), _negated=True), models.Q(('roles', []), _negated=True)), name='preview_of_something')],
            },
        ),
        rls.sql(ACCESS),
        rls.sql(RESYNC),
        rls.sql(PAST),
        rls.sql(PREVIEW),
        rls.sql(HAND_OVER),
        rls.sql(EMERGENCY),
        rls.sql(REACH),
        case_child("incidents_pastgrant", grade="summary", read=GRANTED, add="false", edit=None),
        case_child("incidents_handover", grade="summary", read=OFFERED, add=OFFERED, edit=OFFERED),
        case_child("incidents_preview", grade="summary", read=VIEWED, add=VIEWED, edit=VIEWED),
        case_child("incidents_emergencyopening", grade="summary", add="false", edit=None),
        append_only_child("incidents_emergencyopening"),
        rls.sql(OWNERS),
        rls.sql(YESTERDAY),
    ]
