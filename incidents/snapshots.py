"""A case's facts as plain JSON: what the edit form starts from, what a conflict shows, what the API gives."""

from typing import Any

from .facts import MOMENTS, PEOPLE
from .models import Incident, ServiceHit


def service_facts(hit: ServiceHit) -> dict[str, Any]:
    """One essential service that was hit."""
    return {
        "id": hit.pk,
        "service": hit.service,
        "name": hit.name,
        "country": hit.country,
        "people": {part: getattr(hit, f"people_{part}") for part in PEOPLE},
    }


def facts_of(incident: Incident) -> dict[str, Any]:
    """All facts, in the shape `incidents.facts.check` takes. Two queries: victims and services."""
    facts: dict[str, Any] = {
        name: getattr(incident, name)
        for name in ("title", "summary", "harm", "mark", "pap", "is_exercise", "people_source")
    }
    for name in MOMENTS:
        at = getattr(incident, f"{name}_at")
        facts[name] = {"at": at.isoformat() if at else None, "precision": getattr(incident, f"{name}_precision")}
    facts["people"] = {part: getattr(incident, f"people_{part}") for part in PEOPLE}
    facts["victims"] = [
        {"sector": v.sector, "country": v.country, "organisations_hit": v.organisations_hit}
        for v in incident.victims.all()
    ]
    facts["services"] = [service_facts(hit) for hit in incident.servicehits.all()]
    return facts
