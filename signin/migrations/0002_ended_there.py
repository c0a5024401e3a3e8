"""Which sign-in at an organisation's own issuer a session came from, so that it can end when that one does."""

import django.db.models.deletion
from django.db import migrations, models

from core import rls

# Asked by nobody who is known here: the issuer itself, whose signature has been checked. Ends sessions that came by the sign-in of
# this organisation and this issuer, and no others; a person's, a single one's, or the single one of the person.
FUNCTION = """
CREATE FUNCTION signin_ended_there(house integer, by_issuer text, of_subject text, of_session text)
RETURNS TABLE (key varchar, user_id integer) LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  UPDATE signin_signin s SET ended_at = clock_timestamp() FROM signin_identity i
   WHERE i.id = s.identity_id AND i.organisation_id = house AND i.issuer = by_issuer AND s.ended_at IS NULL
     AND (of_subject <> '' OR of_session <> '')
     AND (of_subject = '' OR i.subject = of_subject) AND (of_session = '' OR s.session_there = of_session)
  RETURNING s.key, s.user_id
$$;
"""


class Migration(migrations.Migration):

    dependencies = [('signin', '0001_signin')]

    operations = [
        migrations.AddField('signin', 'identity', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='signin.identity')),
        migrations.AddField('signin', 'session_there', models.CharField(blank=True, default='', editable=False, max_length=255)),
        rls.sql(FUNCTION + rls.definer("signin_ended_there(integer, text, text, text)")),
    ]
