"""The outer wall: what the database itself refuses, whatever the application forgets (SHR-7)."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from core.tenancy import Principal, acting_as
from incidents.models import Incident, Victim
from incidents.services import file_incident, grant_access
from organisations.actors import Actor, actor_for
from organisations.roles import Grade
from tests.people import People

pytestmark = [pytest.mark.duty("SHR-7"), pytest.mark.django_db]

# Tables without a policy, each with the reason why none is needed.
OPEN_TABLES = {
    "account_emailaddress": "accounts: read before anybody is known",
    "account_emailconfirmation": "accounts",
    "auth_group": "names of role groups, no members",
    "auth_group_permissions": "no grants are given this way",
    "auth_permission": "names of permissions",
    "django_admin_log": "platform settings only",
    "django_content_type": "names of models",
    "django_migrations": "names of migrations",
    "django_session": "accounts: opaque, read by key",
    "guardian_groupobjectpermission": "unused generic book; direct tables are used",
    "guardian_userobjectpermission": "unused generic book",
    "instruments_instrument": "the norms are for everybody",
    "mfa_authenticator": "accounts",
    "organisations_apitoken": "accounts: digests, read before anybody is known",
    "organisations_organisation": "the directory of organisations is for every member",
    "organisations_rolegroup": "names of roles in organisations",
    "organisations_user": "accounts: read before anybody is known",
    "organisations_user_groups": "unused: belonging is stored in memberships",
    "organisations_user_user_permissions": "platform administration only",
}


def tables(where: str) -> set[str]:
    """Names of ordinary tables of the application that satisfy a condition on pg_class `c`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
            " AND coalesce(obj_description(c.oid, 'pg_class'), '') <> 'definer only' AND " + where
        )
        return {row[0] for row in cursor.fetchall()}


def test_every_table_that_holds_tenant_data_forces_its_policies() -> None:
    open_tables = tables("NOT (c.relrowsecurity AND c.relforcerowsecurity)")
    assert open_tables == set(OPEN_TABLES)


def test_nobody_reads_anything_without_saying_who_asks(people: People) -> None:
    filed(people.vela.analyst)
    with acting_as(None):
        for table in tables("c.relrowsecurity"):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
                assert cursor.fetchone() == (0,), table


def test_the_application_neither_owns_tables_nor_passes_policies() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("norms_app", False, False)
    assert tables("pg_get_userbyid(c.relowner) = 'norms_app'") == set()


def filed(actor: Actor, **facts: Any) -> Incident:
    """An incident of this actor's organisation."""
    with acting_as(actor.principal):
        return file_incident(
            actor=actor,
            facts={
                "title": "Hospital records encrypted",
                "summary": "Wards worked on paper.",
                "victims": [{"sector": "health", "country": "CR"}],
                **facts,
            },
        )


def seen(actor: Actor) -> set[str]:
    """References the database shows this person, asked without any filter."""
    with acting_as(actor.principal):
        return set(Incident.objects.values_list("reference", flat=True))


@pytest.mark.duty("SHR-1")
def test_what_one_holds_another_does_not_see(people: People) -> None:
    incident = filed(people.vela.analyst)
    assert seen(people.vela.analyst) == {incident.reference}
    assert seen(people.orrin.analyst) == set()


@pytest.mark.duty("SHR-2")
def test_a_grant_opens_the_case_and_its_children_and_ending_it_closes_them(people: People) -> None:
    incident = filed(people.vela.analyst)
    with acting_as(people.vela.analyst.principal):
        grant = grant_access(
            actor=people.vela.analyst, reference=incident.reference, organisation=people.orrin.organisation,
            grade=Grade.SUMMARY, reason="Same intruder seen",
        )  # fmt: skip
    assert seen(people.orrin.analyst) == {incident.reference}
    with acting_as(people.orrin.analyst.principal):
        assert Victim.objects.count() == 1
    with acting_as(people.vela.analyst.principal):
        grant.delete()
    assert seen(people.orrin.analyst) == set()


@pytest.mark.duty("SHR-2")
def test_a_grant_to_a_role_opens_the_case_to_that_role_alone(people: People) -> None:
    incident = filed(people.vela.analyst)
    with acting_as(people.vela.analyst.principal):
        grant_access(
            actor=people.vela.analyst, reference=incident.reference, organisation=people.meridian.organisation,
            grade=Grade.ASSESS, reason="Panel", role="legal_assessor",
        )  # fmt: skip
    assert seen(people.meridian.person("legal_assessor")) == {incident.reference}
    assert seen(people.meridian.person("forensic_assessor")) == set()


def refused(act: Callable[[], object]) -> None:
    """The database itself says no."""
    with pytest.raises(DatabaseError), transaction.atomic():
        act()


def test_the_application_cannot_write_audiences_or_access(people: People) -> None:
    incident = filed(people.vela.analyst)
    with acting_as(people.vela.analyst.principal), connection.cursor() as cursor:
        for statement in (
            "UPDATE incidents_incident SET audience = '{1}'",
            "UPDATE incidents_victim SET audience = '{1}'",
            f"INSERT INTO incidents_access VALUES ({incident.pk}, {people.orrin.organisation.pk}, 10, now())",
            "DELETE FROM incidents_access",
        ):
            refused(partial(cursor.execute, statement))


def test_a_child_cannot_be_hung_on_another_tenants_case(people: People) -> None:
    incident = filed(people.vela.analyst)
    with acting_as(people.orrin.analyst.principal):
        refused(lambda: Victim.objects.create(incident_id=incident.pk, sector="energy", country="FR"))


def test_a_case_cannot_be_filed_in_anothers_name(people: People) -> None:
    with acting_as(people.orrin.analyst.principal):
        refused(
            lambda: Incident.objects.create(
                reference="INC-2026-000001",
                holder=people.vela.organisation,
                filed_by=people.orrin.analyst.user,
                title="x",
                summary="x",
            )
        )


def test_a_draft_is_seen_by_its_author_alone(people: People) -> None:
    from incidents.models import Draft
    from incidents.services import open_draft

    with acting_as(people.vela.analyst.principal):
        open_draft(actor=people.vela.analyst)
    with acting_as(people.vela.another("analyst").principal):
        assert Draft.objects.count() == 0


def test_asking_who_somebody_is_binds_nobody(people: People) -> None:
    mine = filed(people.vela.analyst)
    with acting_as(people.orrin.analyst.principal), transaction.atomic():
        found = actor_for(people.vela.analyst.user, people.vela.organisation.pk)
        assert found == people.vela.analyst
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('app.user_id')")
            assert cursor.fetchone() == (str(people.orrin.analyst.user.pk),)
        assert not Incident.objects.filter(pk=mine.pk).exists()


def test_the_principal_does_not_outlive_its_block(people: People) -> None:
    filed(people.vela.analyst)
    with acting_as(people.vela.analyst.principal):
        with acting_as(Principal(people.orrin.analyst.user.pk, people.orrin.organisation.pk)):
            assert not Incident.objects.exists()
        assert Incident.objects.exists()
    assert not Incident.objects.exists()
