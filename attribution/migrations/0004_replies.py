"""The right of reply and who relies on a finding, with their walls (ATT-11)."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from core import rls
from incidents.tenancy import SEES, append_only_child, case_child


LOOKS = """
-- What a visitor with a secret address may learn before proving anything: that there is an invitation, and whose it is.
CREATE FUNCTION attribution_invitation_at(of_digest text) RETURNS TABLE (invitation_id bigint, holder_id int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT i.id, i.holder_id FROM attribution_invitation i WHERE i.secret_digest = of_digest
$$;
CREATE FUNCTION attribution_invitation_of(of_id bigint) RETURNS TABLE (invitation_id bigint, holder_id int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT i.id, i.holder_id FROM attribution_invitation i WHERE i.id = of_id AND i.organisation_id = ANY (app_orgs())
$$;
-- Of these people, those who may see the evidence of the case now: asked by whoever may see it themselves.
CREATE FUNCTION attribution_still_reach(of_case bigint, people int[]) RETURNS SETOF int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT p FROM unnest(people) p
   WHERE EXISTS (SELECT FROM incidents_incident i WHERE i.id = of_case AND i.evidence_audience && app_orgs())
     AND EXISTS (SELECT FROM incidents_access a WHERE a.incident_id = of_case AND a.grade >= 20 AND a.principal = ANY (notifications_principals(p))
                    AND (a.until IS NULL OR a.until > clock_timestamp()))
$$;
-- Whether anybody relies on a finding or it was published: asked at each change by whoever makes it, who may not see who.
CREATE FUNCTION attribution_concerned(of_finding bigint) RETURNS TABLE (relied boolean, published boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT EXISTS (SELECT FROM attribution_relyingparty WHERE finding_id = of_finding),
         EXISTS (SELECT FROM attribution_findingissue WHERE finding_id = of_finding)
   WHERE EXISTS (SELECT FROM attribution_finding f JOIN incidents_incident i ON i.id = f.incident_id
                  WHERE f.id = of_finding AND i.evidence_audience && app_orgs())
$$;
CREATE FUNCTION attribution_recall_state(of_finding bigint, of_key text) RETURNS TABLE (user_id int, acknowledged_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT n.recipient_id, n.acknowledged_at FROM notifications_notification n
   WHERE n.key = of_key AND n.acknowledge AND n.asked_by = ANY (app_orgs())
     AND EXISTS (SELECT FROM attribution_finding f JOIN incidents_incident i ON i.id = f.incident_id
                  WHERE f.id = of_finding AND i.holder_id = ANY (app_orgs()))
$$;
"""

GUARDS = """
-- What is to be published is fixed, with at least the time the rules gave it.
CREATE FUNCTION attribution_notice_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  IF NEW.deadline < NEW.opened_at + make_interval(days => NEW.reply_days) OR NEW.opened_at < clock_timestamp() - interval '1 hour' THEN
    RAISE EXCEPTION 'a party named has the whole time of the rules to reply' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.reply_days < (SELECT (r.content ->> 'reply_days')::int FROM instruments_instrument r WHERE r.kind = 'reply-rules' AND r.version = NEW.rules_version)
     OR NEW.names_party IS DISTINCT FROM (SELECT h.kind <> 'unknown' AND (h.country <> '' OR h.actor <> '')
          FROM attribution_finding f JOIN attribution_hypothesis h ON h.id = f.hypothesis_id WHERE f.id = NEW.finding_id) THEN
    RAISE EXCEPTION 'a notice follows the rules it names' USING ERRCODE = 'check_violation';
  END IF;
  SELECT holder_id INTO NEW.holder_id FROM incidents_incident WHERE id = NEW.incident_id;
  RETURN NEW;
END $$;
CREATE TRIGGER notice_guard BEFORE INSERT ON attribution_notice FOR EACH ROW EXECUTE FUNCTION attribution_notice_guard();

CREATE FUNCTION attribution_holder_of_case() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  SELECT holder_id INTO NEW.holder_id FROM incidents_incident WHERE id = NEW.incident_id;
  RETURN NEW;
END $$;
CREATE TRIGGER holder_of_case BEFORE INSERT ON attribution_invitation FOR EACH ROW EXECUTE FUNCTION attribution_holder_of_case();
CREATE TRIGGER holder_of_case BEFORE INSERT ON attribution_relyingparty FOR EACH ROW EXECUTE FUNCTION attribution_holder_of_case();

CREATE FUNCTION attribution_invitation_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  IF (OLD.notice_id, OLD.party, OLD.name, OLD.organisation_id, OLD.invited_by_id, OLD.invited_at, OLD.holder_id)
     IS DISTINCT FROM (NEW.notice_id, NEW.party, NEW.name, NEW.organisation_id, NEW.invited_by_id, NEW.invited_at, NEW.holder_id)
     OR (OLD.waived_at IS NOT NULL AND (OLD.waived_at, OLD.waived_by_id, OLD.waived_reason) IS DISTINCT FROM (NEW.waived_at, NEW.waived_by_id, NEW.waived_reason)) THEN
    RAISE EXCEPTION 'who was asked, and what was waived, stays' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.waived_at IS NOT NULL AND OLD.waived_at IS NULL AND EXISTS (
    SELECT FROM attribution_notice n JOIN attribution_finding f ON f.id = n.finding_id WHERE n.id = NEW.notice_id AND f.proposed_by_id = NEW.waived_by_id) THEN
    RAISE EXCEPTION 'whoever proposed a finding does not waive the reply to it' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER invitation_guard BEFORE UPDATE ON attribution_invitation FOR EACH ROW EXECUTE FUNCTION attribution_invitation_guard();

-- The right of reply itself: the first issue of a notice is refused before every party asked has answered, was waived, or had its time;
-- and a finding that names a party is refused when nobody of that kind was asked or expressly waived.
CREATE FUNCTION attribution_issue_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  n attribution_notice;
  rules jsonb;
BEGIN
  SELECT * INTO n FROM attribution_notice WHERE id = NEW.notice_id;
  SELECT content INTO rules FROM instruments_instrument WHERE kind = 'reply-rules' AND version = n.rules_version;
  IF n.finding_id IS DISTINCT FROM NEW.finding_id OR n.incident_id IS DISTINCT FROM NEW.incident_id OR NEW.mark <> n.mark
     OR NEW.content -> 'claim' IS DISTINCT FROM n.claim THEN
    RAISE EXCEPTION 'only what the parties were shown is published' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT FROM attribution_findingissue WHERE notice_id = n.id) THEN
    RETURN NEW;
  END IF;
  IF EXISTS (SELECT FROM attribution_invitation i WHERE i.notice_id = n.id AND i.waived_at IS NULL AND n.deadline > clock_timestamp()
               AND NOT EXISTS (SELECT FROM attribution_reply r WHERE r.invitation_id = i.id))
     OR (n.names_party AND EXISTS (SELECT FROM jsonb_array_elements(rules -> 'parties') p WHERE (p ->> 'must_be_asked')::boolean
               AND NOT EXISTS (SELECT FROM attribution_invitation i WHERE i.notice_id = n.id AND i.party = p ->> 'code'))) THEN
    RAISE EXCEPTION 'a party named has a right of reply before publication (ATT-11)' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT FROM attribution_finding f WHERE f.id = NEW.finding_id AND f.proposed_by_id = NEW.issued_by_id) THEN
    RAISE EXCEPTION 'whoever proposed a finding does not publish it' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER issue_guard BEFORE INSERT ON attribution_findingissue FOR EACH ROW EXECUTE FUNCTION attribution_issue_guard();

COMMENT ON TABLE attribution_findingissue IS 'public';
"""

OWNERS = "".join(
    f"ALTER FUNCTION {name}() OWNER TO norms_definer;"
    for name in (
        "attribution_notice_guard", "attribution_holder_of_case", "attribution_invitation_guard", "attribution_issue_guard",
    )
) + "".join(
    rls.definer(signature)
    for signature in (
        "attribution_invitation_at(text)", "attribution_invitation_of(bigint)", "attribution_still_reach(bigint, int[])",
        "attribution_recall_state(bigint, text)", "attribution_concerned(bigint)",
    )
)  # fmt: skip

HOLDER = f"({SEES}) AND holder_id = ANY ({rls.ORGS})"
MINE = f"({SEES}) AND {{}} = {rls.ME}"
EVERYBODY = "CREATE POLICY public_read ON attribution_findingissue FOR SELECT TO norms_public USING (mark = 'TLP:CLEAR');"


def walls() -> list[object]:
    """Who sees what: notices and invitations the holder alone; replies and issues whoever may see the finding."""
    return [
        rls.sql(LOOKS + GUARDS + OWNERS),
        case_child("attribution_notice", grade="evidence", read=HOLDER, add=f"({SEES}) AND opened_by_id = {rls.ME}", edit=None),
        case_child("attribution_invitation", grade="evidence", read=HOLDER, add=f"({SEES}) AND invited_by_id = {rls.ME}", edit=HOLDER),
        case_child("attribution_reply", grade="evidence", edit=None),
        case_child("attribution_findingissue", grade="evidence", add=MINE.format("issued_by_id"), edit=None),
        case_child(
            "attribution_relyingparty", grade="evidence",
            read=f"({SEES}) AND (holder_id = ANY ({rls.ORGS}) OR user_id = {rls.ME})", add=MINE.format("noted_by_id"), edit=None,
        ),
        case_child("attribution_outsideacknowledgement", grade="evidence", add=MINE.format("noted_by_id"), edit=None),
        *(
            append_only_child(f"attribution_{name}")
            for name in ("notice", "reply", "findingissue", "relyingparty", "outsideacknowledgement")
        ),
        rls.sql(EVERYBODY),
    ]  # fmt: skip


class Migration(migrations.Migration):

    dependencies = [
        ('attribution', '0003_legs'),
        ('incidents', '0003_activity_by_verb'),
        ('organisations', '0002_walls'),
        ('notifications', '0002_walls'),
        ('instruments', '0003_reply_rules'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(editable=False, verbose_name='number')),
                ('text', models.TextField(verbose_name='what is to be published')),
                ('claim', models.JSONField()),
                ('sha256', models.CharField(help_text='Of the canonical JSON of the claim (RFC 8785).', max_length=64)),
                ('mark', models.CharField(max_length=20, verbose_name='sharing mark')),
                ('rules_version', models.CharField(max_length=24)),
                ('reply_days', models.PositiveSmallIntegerField()),
                ('names_party', models.BooleanField()),
                ('deadline', models.DateTimeField(verbose_name='publication waits until')),
                ('opened_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('finding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='attribution.finding')),
                ('holder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='incidents.incident')),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('party', models.CharField(max_length=12, verbose_name='party')),
                ('name', models.CharField(max_length=160, verbose_name='who is asked')),
                ('contact', models.CharField(blank=True, max_length=200, verbose_name='named contact')),
                ('code_given', models.CharField(blank=True, max_length=200, verbose_name='how the code is given')),
                ('secret_digest', models.CharField(max_length=64, null=True, unique=True)),
                ('code_digest', models.CharField(blank=True, max_length=64)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('invited_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('verified_at', models.DateTimeField(null=True)),
                ('draft', models.TextField(blank=True)),
                ('draft_position', models.CharField(blank=True, max_length=16)),
                ('draft_saved_at', models.DateTimeField(null=True)),
                ('waived_at', models.DateTimeField(null=True)),
                ('waived_reason', models.TextField(blank=True)),
                ('holder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='incidents.incident')),
                ('invited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(help_text='When it is an organisation of the platform: its members need no code.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('waived_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='attribution.notice')),
            ],
        ),
        migrations.CreateModel(
            name='FindingIssue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(max_length=16)),
                ('number', models.PositiveIntegerField(verbose_name='issue')),
                ('mark', models.CharField(max_length=20, verbose_name='sharing mark')),
                ('content', models.JSONField()),
                ('sha256', models.CharField(max_length=64)),
                ('tier', models.CharField(max_length=2)),
                ('standing', models.CharField(max_length=10)),
                ('contested', models.BooleanField()),
                ('cause', models.CharField(max_length=60)),
                ('issued_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='issued')),
                ('finding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='issues', to='attribution.finding')),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='incidents.incident')),
                ('issued_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='issues', to='attribution.notice')),
            ],
            options={
                'ordering': ['-number'],
            },
        ),
        migrations.CreateModel(
            name='RelyingParty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('how', models.CharField(choices=[('shown', 'Shown'), ('sent', 'Sent'), ('exported', 'Exported')], max_length=8)),
                ('addressee', models.CharField(blank=True, max_length=160, verbose_name='addressee')),
                ('channel', models.CharField(blank=True, max_length=200, verbose_name='sent to')),
                ('noted_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('change', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='attribution.standingchange')),
                ('finding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='relying', to='attribution.finding')),
                ('holder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='incidents.incident')),
                ('noted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'relying parties',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='OutsideAcknowledgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('note', models.CharField(max_length=200, verbose_name='how they said so')),
                ('noted_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('change', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='attribution.standingchange')),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='incidents.incident')),
                ('noted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('relying', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acknowledgements', to='attribution.relyingparty')),
            ],
        ),
        migrations.CreateModel(
            name='Reply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('party', models.CharField(max_length=12)),
                ('name', models.CharField(max_length=160)),
                ('position', models.CharField(max_length=16, verbose_name='position')),
                ('text', models.TextField(verbose_name='reply')),
                ('sha256', models.CharField(max_length=64)),
                ('receipt', models.CharField(max_length=24, unique=True, verbose_name='receipt')),
                ('rules_version', models.CharField(max_length=24)),
                ('late', models.BooleanField(default=False)),
                ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='received')),
                ('contest', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='attribution.contest')),
                ('finding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='attribution.finding')),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='incidents.incident')),
                ('invitation', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='reply', to='attribution.invitation')),
            ],
            options={
                'verbose_name_plural': 'replies',
                'ordering': ['pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(fields=('finding', 'number'), name='notice_number_per_finding'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='notice_says_something'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('waived_at__isnull', True), ('waived_by__isnull', True), ('waived_reason', '')), models.Q(('waived_at__isnull', False), ('waived_by__isnull', False), models.Q(('waived_reason', ''), _negated=True)), _connector='OR'), name='invitation_waived_with_reasons'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('secret_digest__isnull', True), ('waived_at__isnull', False)), models.Q(('secret_digest__isnull', False), models.Q(('code_digest', ''), _negated=True)), _connector='OR'), name='invitation_asked_or_waived'),
        ),
        migrations.AddConstraint(
            model_name='findingissue',
            constraint=models.UniqueConstraint(fields=('public_id', 'number'), name='finding_issue_once'),
        ),
        migrations.AddConstraint(
            model_name='findingissue',
            constraint=models.UniqueConstraint(fields=('finding', 'number'), name='finding_issue_number'),
        ),
        migrations.AddConstraint(
            model_name='findingissue',
            constraint=models.CheckConstraint(condition=models.Q(('tier__in', ['T0', 'T1', 'T2', 'T3', 'T4'])), name='finding_issue_tier'),
        ),
        migrations.AddConstraint(
            model_name='relyingparty',
            constraint=models.UniqueConstraint(condition=models.Q(('user__isnull', False)), fields=('finding', 'change', 'user', 'organisation', 'how'), name='relying_person_once'),
        ),
        migrations.AddConstraint(
            model_name='relyingparty',
            constraint=models.UniqueConstraint(condition=models.Q(('user__isnull', True)), fields=('finding', 'change', 'addressee', 'channel'), name='relying_addressee_once'),
        ),
        migrations.AddConstraint(
            model_name='relyingparty',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('addressee', ''), ('organisation__isnull', False), ('user__isnull', False)), models.Q(('user__isnull', True), models.Q(('addressee', ''), _negated=True), models.Q(('channel', ''), _negated=True)), _connector='OR'), name='relying_somebody'),
        ),
        migrations.AddConstraint(
            model_name='relyingparty',
            constraint=models.CheckConstraint(condition=models.Q(('how__in', ['shown', 'sent', 'exported'])), name='relying_how'),
        ),
        migrations.AddConstraint(
            model_name='outsideacknowledgement',
            constraint=models.UniqueConstraint(fields=('relying', 'change'), name='outside_acknowledged_once'),
        ),
        migrations.AddConstraint(
            model_name='outsideacknowledgement',
            constraint=models.CheckConstraint(condition=models.Q(('note', ''), _negated=True), name='outside_acknowledged_how'),
        ),
        migrations.AddConstraint(
            model_name='reply',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='reply_says_something'),
        ),
        *walls(),
    ]
