"""Guests, and tickets: a grant that has an end stands in audiences under a number of its own (SHR-2).

A *ticket* is the number of one grantee and one end. Whoever binds a transaction brings the tickets of their numbers that are
still good, so a share is over by its date, in every policy, whether or not anything swept it away; and the policies stay the
tests inside the row they were (docs/explanation/tenancy.md).
"""

import django.contrib.postgres.fields
from django.db import migrations, models

from core import rls

TICKETS = """
CREATE TABLE principal_ticket (
  number int PRIMARY KEY DEFAULT nextval('principal_id_seq'),
  principal int NOT NULL,
  until timestamptz NOT NULL,
  UNIQUE (principal, until)
);
COMMENT ON TABLE principal_ticket IS 'definer only';
ALTER TABLE principal_ticket OWNER TO norms_definer;
GRANT USAGE ON SEQUENCE principal_id_seq TO norms_definer;

-- The numbers a transaction is bound with: one's own, and the tickets of those that are good at this moment.
CREATE FUNCTION app_numbers(own int[], at timestamptz) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT array_to_string(own || ARRAY(SELECT t.number FROM principal_ticket t WHERE t.principal = ANY (own) AND t.until > at), ',')
$$;

-- Back from the numbers of an audience to who they are now: for functions that look somebody up in one.
CREATE FUNCTION principals_of(audience int[]) RETURNS int[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT ARRAY(SELECT n FROM unnest(audience) n WHERE NOT EXISTS (SELECT FROM principal_ticket t WHERE t.number = n)
               UNION SELECT t.principal FROM principal_ticket t WHERE t.number = ANY (audience) AND t.until > clock_timestamp())
$$;

-- Whether an exact address is one of a house's people: for whoever gives a grant by name and says both. A guest is none of them.
CREATE FUNCTION organisations_person(of_email text, of_house int) RETURNS int LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT u.id FROM organisations_user u JOIN organisations_membership m ON m.user_id = u.id
   WHERE lower(u.email) = lower(of_email) AND m.organisation_id = of_house AND u.is_active AND NOT u.is_system
     AND m.suspended_at IS NULL AND (m.until IS NULL OR m.until > clock_timestamp()) AND NOT m.roles @> ARRAY['guest']::varchar[]
$$;

-- The houses that invited the reader to a case: they look in the name of one, and are of none.
CREATE FUNCTION app_guest_houses() RETURNS int[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT ARRAY(SELECT m.organisation_id FROM organisations_membership m WHERE m.user_id = app_user() AND m.roles = ARRAY['guest']::varchar[]
                  AND m.suspended_at IS NULL AND m.until > clock_timestamp())
$$;
DROP POLICY tenant_add ON ledger_look;
CREATE POLICY tenant_add ON ledger_look FOR INSERT TO norms_app
  WITH CHECK (actor_id = (SELECT app_user()) AND (organisation_id = ANY ((SELECT app_orgs())::int[]) OR organisation_id = ANY ((SELECT app_guest_houses())::int[])));
"""
OWNERS = (
    rls.definer("app_guest_houses()")
    + rls.definer("app_numbers(int[], timestamptz)")
    + rls.definer("principals_of(int[])", to="norms_definer")
    + rls.definer("organisations_person(text, int)")
)


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0005_keys'),
        ('ledger', '0004_looks'),
    ]

    operations = [
        migrations.AlterField(
            model_name='membership',
            name='roles',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('analyst', 'Analyst'), ('forensic_assessor', 'Digital forensics assessor'), ('legal_assessor', 'Law assessor'), ('human_rights_assessor', 'Human rights assessor'), ('coordinator', 'Response coordinator'), ('mediator', 'Mediator'), ('org_admin', 'Organisation administrator'), ('researcher', 'Researcher'), ('custodian', 'Evidence custodian'), ('publisher', 'Publisher of figures'), ('emergency', 'Emergency duty officer'), ('guest', 'Guest')], max_length=24), size=None, verbose_name='roles'),
        ),
        migrations.AlterField(
            model_name='membershipchange',
            name='after',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('analyst', 'Analyst'), ('forensic_assessor', 'Digital forensics assessor'), ('legal_assessor', 'Law assessor'), ('human_rights_assessor', 'Human rights assessor'), ('coordinator', 'Response coordinator'), ('mediator', 'Mediator'), ('org_admin', 'Organisation administrator'), ('researcher', 'Researcher'), ('custodian', 'Evidence custodian'), ('publisher', 'Publisher of figures'), ('emergency', 'Emergency duty officer'), ('guest', 'Guest')], max_length=24), default=list, size=None),
        ),
        migrations.AlterField(
            model_name='membershipchange',
            name='before',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('analyst', 'Analyst'), ('forensic_assessor', 'Digital forensics assessor'), ('legal_assessor', 'Law assessor'), ('human_rights_assessor', 'Human rights assessor'), ('coordinator', 'Response coordinator'), ('mediator', 'Mediator'), ('org_admin', 'Organisation administrator'), ('researcher', 'Researcher'), ('custodian', 'Evidence custodian'), ('publisher', 'Publisher of figures'), ('emergency', 'Emergency duty officer'), ('guest', 'Guest')], max_length=24), default=list, size=None),
        ),
        migrations.AlterField(
            model_name='rolegroup',
            name='role',
            field=models.CharField(blank=True, choices=[('analyst', 'Analyst'), ('forensic_assessor', 'Digital forensics assessor'), ('legal_assessor', 'Law assessor'), ('human_rights_assessor', 'Human rights assessor'), ('coordinator', 'Response coordinator'), ('mediator', 'Mediator'), ('org_admin', 'Organisation administrator'), ('researcher', 'Researcher'), ('custodian', 'Evidence custodian'), ('publisher', 'Publisher of figures'), ('emergency', 'Emergency duty officer'), ('guest', 'Guest')], max_length=24),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('roles__contains', ['guest']), _negated=True), models.Q(('roles', ['guest']), ('until__isnull', False)), _connector='OR'), name='guest_for_a_time_and_nothing_else'),
        ),
        rls.sql(TICKETS),
        rls.sql(OWNERS),
    ]
