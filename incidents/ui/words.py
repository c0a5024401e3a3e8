"""A case's facts in words, as rows of a summary list."""

from typing import Any

from django.utils.translation import gettext as _

from core.templatetags.norms import moment, people
from instruments import taxonomy

from ..access import CaseAccess


def fact_rows(case: CaseAccess) -> list[dict[str, Any]]:
    """Label and value of every fact; what is not known says so."""
    incident = case.incident
    sectors, services = dict(taxonomy.sectors()), dict(taxonomy.services())
    victims = [f"{sectors.get(v.sector, v.sector)} · {v.country or _('country not known')}" for v in incident.victims.all()]
    hit = [f"{services.get(s.service, s.service)}: {s.name}" for s in incident.servicehits.all()]
    return [
        {"label": _("Held by"), "value": incident.holder},
        {"label": _("First access"), "value": moment(incident.first_access_at, incident.first_access_precision)},
        {"label": _("Began"), "value": moment(incident.began_at, incident.began_precision)},
        {"label": _("Detected"), "value": moment(incident.detected_at, incident.detected_precision)},
        {"label": _("Ended"), "value": moment(incident.ended_at, incident.ended_precision)},
        {"label": _("Sectors and countries hit"), "value": "; ".join(victims) or None},
        {"label": _("Essential services hit"), "value": "; ".join(hit) or None, "empty": _("None recorded")},
        {"label": _("People affected"), "value": people(incident.people_min, incident.people_best, incident.people_max)},
        {"label": _("Where these numbers come from"), "value": incident.people_source or None},
    ]
