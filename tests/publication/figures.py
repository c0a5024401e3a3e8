"""Cases filed by several organisations, and releases made of them through the services."""

import json
from typing import Any

from django.db import connection

from core.tenancy import acting_as
from incidents.models import Incident
from incidents.services import close_incident, file_incident
from organisations.actors import Actor, acting
from publication import services
from publication.models import Release
from tests.people import People

HOLDERS = ("vela", "orrin", "brigid", "amal")


def as_definer(statement: str, *values: Any) -> None:
    """What no person may do to a case (setting its date of filing back), done by the role that owns the triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE norms_definer")
        cursor.execute(statement, values)
        cursor.execute("SET LOCAL ROLE norms_app")


class Bureau:
    """Four organisations that file, and a secretariat with two publishers."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.first = people.secretariat.person("publisher")
        self.second = people.secretariat.another("publisher")
        self.filed = 0

    def file(self, actor: Actor, *, closed: bool = True, **facts: Any) -> Incident:
        """One case of this actor's organisation."""
        self.filed += 1
        given = {
            "title": f"Secret name {self.filed}",
            "summary": "Nobody outside may read this.",
            "victims": [{"sector": facts.pop("sector", "health"), "country": facts.pop("country", "CR")}],
            "began": {"at": f"{facts.pop('year', 2021)}-05-04T00:00:00+00:00", "precision": "day"},
            "people": {"best": facts.pop("hit", None)},
            **facts,
        }
        with acting_as(actor.principal):
            incident = file_incident(actor=actor, facts=given)
            if closed:
                close_incident(actor=actor, reference=incident.reference)
        return incident

    def cases(self, number: int, **facts: Any) -> list[Incident]:
        """So many closed cases, in turn by four organisations."""
        holders = [getattr(self.people, slug).analyst for slug in HOLDERS]
        return [self.file(holders[each % len(holders)], **dict(facts)) for each in range(number)]

    def prepare(self, **texts: str) -> Release:
        """Begun by the first publisher and counted at once."""
        with acting(self.first):
            release = services.begin_release(actor=self.first, **texts)
            services.prepare_release(actor=self.first, release_id=release.pk)
            return Release.objects.get(pk=release.pk)

    def publish(self, **texts: str) -> Release:
        """Prepared by one, published by the other."""
        release = self.prepare(**texts)
        assert release.status == "prepared", json.dumps(release.refusal)
        with acting(self.second):
            return services.publish_release(actor=self.second, version=release.version)
