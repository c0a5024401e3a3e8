"""Organisations whose members sign in somewhere else."""

from typing import Any

from core import clock
from core.tenancy import acting_as
from organisations.actors import Actor
from signin import connections
from signin.models import Connection, Domain

from .issuer import CLIENT, SECRET, Issuer

GROUPS = {"Analysts": ["analyst"], "Keepers": ["custodian", "researcher"], "Chiefs": ["org_admin"]}


def verified(actor: Actor, name: str) -> Domain:
    """A domain shown to be theirs."""
    with acting_as(actor.principal):
        domain = connections.add_domain(actor=actor, name=name)
        Domain.objects.filter(pk=domain.pk).update(verified_at=clock.now())
        return domain


def connected(actor: Actor, issuer: Issuer, **more: Any) -> Connection:
    with acting_as(actor.principal):
        return connections.connect_oidc(
            actor=actor, issuer=issuer.address, client_id=CLIENT, client_secret=SECRET, groups=GROUPS, **more
        )
