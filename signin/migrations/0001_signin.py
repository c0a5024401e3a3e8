"""Sessions, an organisation's own sign-in, text kept over an expiry; and who may read which."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import signin.models
import uuid
from django.conf import settings
from django.db import migrations, models

from core import rls


FUNCTIONS = """
-- Asked before anybody is known: which sign-in has this organisation, or the one whose mail domain this is?
CREATE FUNCTION signin_connection_of(house text, mail_domain text) RETURNS SETOF signin_connection LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
  SELECT c.* FROM signin_connection c JOIN organisations_organisation o ON o.id = c.organisation_id
   WHERE c.is_on AND (o.slug = house OR EXISTS (
     SELECT FROM signin_domain d WHERE d.organisation_id = o.id AND d.name = mail_domain AND d.verified_at IS NOT NULL))
   LIMIT 1
$$;
CREATE FUNCTION signin_connection_at(address uuid) RETURNS SETOF signin_connection LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
  SELECT * FROM signin_connection WHERE public_id = address AND is_on
$$;
-- Ends the sessions of somebody who is a member of nothing any more, whoever ended the membership; of nobody else.
-- clock_timestamp(): the membership ended within this transaction.
CREATE FUNCTION signin_end_of_leaver(who integer) RETURNS TABLE (key varchar) LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
  UPDATE signin_signin s SET ended_at = clock_timestamp()
   WHERE s.user_id = who AND s.ended_at IS NULL AND NOT EXISTS (
     SELECT FROM organisations_membership m WHERE m.user_id = who AND m.suspended_at IS NULL AND (m.until IS NULL OR m.until > clock_timestamp()))
  RETURNING s.key
$$;
CREATE FUNCTION signin_forget() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  DELETE FROM signin_signin WHERE last_used_at < now() - interval '90 days';
  DELETE FROM signin_kepttext WHERE kept_at < now() - interval '1 hour'
$$;
"""
MINE = f"user_id = {rls.ME}"
OURS = f"organisation_id = ANY ({rls.ORGS})"


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisations', '0005_keys'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='KeptText',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('box', models.BinaryField()),
                ('kept_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Connection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('oidc', 'OpenID Connect'), ('saml', 'SAML 2.0')], max_length=4)),
                ('issuer', models.CharField(help_text='The issuer, or the entity id of the identity provider.', max_length=500)),
                ('client_id', models.CharField(blank=True, max_length=300)),
                ('secret_box', models.TextField(blank=True, help_text='The client secret, encrypted with the platform’s key.')),
                ('document', models.JSONField(default=dict, help_text='The discovery document, or what the metadata say.')),
                ('groups_claim', models.CharField(default='groups', max_length=200)),
                ('groups', models.JSONField(default=dict, help_text='Roles by group.')),
                ('second_factor', models.BooleanField(default=False, help_text='Whoever comes this way has shown a second factor there.')),
                ('is_on', models.BooleanField(default=True)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('organisation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='organisations.organisation')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['oidc', 'saml'])), name='connection_kind'), models.CheckConstraint(condition=models.Q(('secret_box', ''), ('secret_box__startswith', 'gAAAAA'), _connector='OR'), name='connection_secret_is_boxed')],
            },
        ),
        migrations.CreateModel(
            name='Domain',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=253, verbose_name='domain')),
                ('token', models.CharField(default=signin.models.new_token, editable=False, max_length=40)),
                ('added_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('verified_at', models.DateTimeField(null=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='organisations.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organisation', 'name'), name='domain_once_each'), models.UniqueConstraint(condition=models.Q(('verified_at__isnull', False)), fields=('name',), name='domain_of_one_house'), models.CheckConstraint(condition=models.Q(('name', django.db.models.functions.text.Lower('name'))), name='domain_lower_case')],
            },
        ),
        migrations.CreateModel(
            name='Identity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('issuer', models.CharField(max_length=500)),
                ('subject', models.CharField(max_length=500)),
                ('linked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('last_used_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='organisations.organisation')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organisation', 'issuer', 'subject'), name='identity_of_one_person')],
            },
        ),
        migrations.CreateModel(
            name='SignIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(editable=False, max_length=40, unique=True)),
                ('way', models.CharField(choices=[('password', 'Password'), ('passkey', 'Passkey'), ('organisation', 'Through the organisation')], max_length=12)),
                ('address', models.GenericIPAddressField(null=True)),
                ('agent', models.CharField(blank=True, max_length=200)),
                ('started_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('last_used_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('ended_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['user', '-started_at'], name='signin_of_person')],
            },
        ),
        rls.secure("signin_signin", read=MINE, add=MINE, edit=MINE, drop=MINE),
        rls.secure("signin_kepttext", read=MINE, add=MINE, drop=MINE),
        rls.secure("signin_domain", read=OURS, add=OURS, edit=OURS, drop=OURS),
        rls.secure("signin_connection", read=OURS, add=OURS, edit=OURS, drop=OURS),
        rls.secure("signin_identity", read=f"{MINE} OR {OURS}", add=OURS, edit=OURS, drop=OURS),
        rls.sql(
            FUNCTIONS
            + rls.definer("signin_connection_of(text, text)")
            + rls.definer("signin_connection_at(uuid)")
            + rls.definer("signin_end_of_leaver(integer)")
            + rls.definer("signin_forget()")
        ),
    ]
