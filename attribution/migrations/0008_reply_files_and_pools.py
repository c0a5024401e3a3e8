"""Files with a reply, the pooled scores anybody may read, and answers that come after a case was closed (ATT-11, ATT-12)."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from core import rls
from incidents.tenancy import SEES, case_child

FILES = """
-- A file is a draft until its reply is sent; then it stays. Only the scanner's verdict comes later, once.
CREATE FUNCTION attribution_reply_file_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT holder_id INTO NEW.holder_id FROM incidents_incident WHERE id = NEW.incident_id;
    IF NEW.reply_id IS NOT NULL OR NOT EXISTS (SELECT FROM attribution_invitation WHERE id = NEW.invitation_id AND incident_id = NEW.incident_id)
       OR EXISTS (SELECT FROM attribution_reply WHERE invitation_id = NEW.invitation_id) THEN
      RAISE EXCEPTION 'a file is attached before the reply is sent' USING ERRCODE = 'check_violation';
    END IF;
  ELSIF to_jsonb(OLD) - '{audience,reply_id,verdict,found}'::text[] IS DISTINCT FROM to_jsonb(NEW) - '{audience,reply_id,verdict,found}'::text[]
     OR (OLD.reply_id IS NOT NULL AND NEW.reply_id IS DISTINCT FROM OLD.reply_id)
     OR (OLD.verdict <> 'unscanned' AND (NEW.verdict, NEW.found) IS DISTINCT FROM (OLD.verdict, OLD.found))
     OR (NEW.reply_id IS NOT NULL AND NOT EXISTS (SELECT FROM attribution_reply WHERE id = NEW.reply_id AND invitation_id = NEW.invitation_id)) THEN
    RAISE EXCEPTION 'a file of a reply stays as it came' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER reply_file_guard BEFORE INSERT OR UPDATE ON attribution_replyfile FOR EACH ROW EXECUTE FUNCTION attribution_reply_file_guard();
CREATE TRIGGER sent_files_stay BEFORE DELETE ON attribution_replyfile FOR EACH ROW WHEN (OLD.reply_id IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER files_stay BEFORE TRUNCATE ON attribution_replyfile FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

POOLS = """
-- The platform itself, acting for nobody in particular.
CREATE FUNCTION attribution_is_platform() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM organisations_user WHERE id = app_user() AND is_system)
$$;
-- Whose questions have an answer.
CREATE FUNCTION attribution_resolved_holders() RETURNS SETOF int LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT DISTINCT i.holder_id FROM attribution_resolution r JOIN incidents_incident i ON i.id = r.incident_id ORDER BY 1
$$;
COMMENT ON TABLE attribution_pooledscore IS 'public';
"""
EVERYBODY = "CREATE POLICY public_read ON attribution_pooledscore FOR SELECT TO norms_public USING (true);"

# The answer of a court may be cited with the resolution: it comes years after the case was closed.
ANSWERS = """
CREATE OR REPLACE FUNCTION attribution_resolution_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  f record;
BEGIN
  SELECT g.*, i.is_exercise INTO f FROM attribution_finding g JOIN incidents_incident i ON i.id = g.incident_id WHERE g.id = NEW.finding_id;
  IF NOT (CASE NEW.how WHEN 'adjudicated' THEN f.decision_reference <> '' OR NEW.decision <> '' WHEN 'disproved' THEN f.standing = 'withdrawn'
                       ELSE f.is_exercise END)
     OR NEW.resolved_by_id = f.proposed_by_id
     OR EXISTS (SELECT FROM attribution_panel WHERE finding_id = NEW.finding_id AND state IN ('inviting', 'sealed')) THEN
    RAISE EXCEPTION 'the answer to this question is not known yet' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

-- Who of the organisation asked could take a seat: told of it by the holder of the case, and by nobody else.
CREATE FUNCTION attribution_able_to_sit(of_seat bigint, seat_roles text[]) RETURNS SETOF int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT m.user_id FROM attribution_seat s JOIN incidents_incident i ON i.id = s.incident_id
    JOIN organisations_membership m ON m.organisation_id = s.organisation_id AND m.roles::text[] && seat_roles
   WHERE s.id = of_seat AND s.member_id IS NULL AND s.recused_at IS NULL AND i.holder_id = ANY (app_orgs())
     AND (m.until IS NULL OR m.until > clock_timestamp())
$$;
"""
OWNERS = "ALTER FUNCTION attribution_reply_file_guard() OWNER TO norms_definer;" + "".join(
    rls.definer(signature)
    for signature in ("attribution_is_platform()", "attribution_resolved_holders()", "attribution_able_to_sit(bigint, text[])")
)
HOLDER = f"holder_id = ANY ({rls.ORGS})"
PLATFORM = "(SELECT attribution_is_platform())"


class Migration(migrations.Migration):

    dependencies = [
        ('attribution', '0007_answers'),
        ('incidents', '0003_activity_by_verb'),
        ('organisations', '0002_walls'),
    ]

    operations = [
        migrations.AddField(
            model_name='resolution',
            name='decision',
            field=models.TextField(blank=True, help_text='Needed when a court, tribunal or commission decided and the finding does not name it yet.', verbose_name='the decision, as it is cited'),
        ),
        migrations.CreateModel(
            name='PooledScore',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('discipline', models.CharField(max_length=40, unique=True)),
                ('questions', models.PositiveIntegerField()),
                ('exercises', models.PositiveIntegerField()),
                ('estimates', models.PositiveIntegerField()),
                ('brier', models.FloatField()),
                ('bands', models.JSONField(default=list)),
                ('computed_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['discipline'],
                'constraints': [models.CheckConstraint(condition=models.Q(('brier__gte', 0), ('brier__lte', 1)), name='pool_brier'), models.CheckConstraint(condition=models.Q(('estimates__gte', models.F('questions'))), name='pool_of_many')],
            },
        ),
        migrations.CreateModel(
            name='ReplyFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('size', models.BigIntegerField(verbose_name='size')),
                ('name', models.CharField(max_length=200, verbose_name='file name')),
                ('name_given', models.CharField(help_text='Invisible characters written out.', max_length=600, verbose_name='file name as given')),
                ('media_type', models.CharField(help_text='By content (libmagic), not by name.', max_length=120, verbose_name='format')),
                ('path', models.CharField(editable=False, max_length=200)),
                ('verdict', models.CharField(choices=[('unscanned', 'Not scanned'), ('clean', 'The scanner found nothing'), ('found', 'Malware found')], default='unscanned', max_length=9, verbose_name='scan')),
                ('found', models.CharField(blank=True, max_length=200, verbose_name='what the scanner said')),
                ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='received')),
                ('holder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='incidents.incident')),
                ('invitation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='attribution.invitation')),
                ('reply', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='files', to='attribution.reply')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('invitation', 'sha256'), name='reply_file_once'), models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='reply_file_not_empty'), models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$')), name='reply_file_sha256'), models.CheckConstraint(condition=models.Q(('verdict__in', ['unscanned', 'clean', 'found'])), name='reply_file_verdict')],
            },
        ),
        rls.sql(FILES + POOLS + ANSWERS + OWNERS),
        case_child(
            "attribution_replyfile", grade="evidence", read=f"({SEES}) AND (reply_id IS NOT NULL OR {HOLDER})",
            add=f"({SEES}) AND {HOLDER}", edit=f"({SEES}) AND {HOLDER}", drop=f"({SEES}) AND {HOLDER} AND reply_id IS NULL",
        ),
        rls.secure("attribution_pooledscore", read=f"{rls.ME} IS NOT NULL", add=PLATFORM, edit=PLATFORM),
        rls.sql(EVERYBODY),
    ]
