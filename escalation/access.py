"""The only way to one measure: through its case. 404 when it hangs on another."""

from core.errors import NotFound
from incidents.errors import AlreadyClosed
from incidents.models import Incident
from incidents.states import Status

from .models import Measure


def must_be_open(incident: Incident) -> None:
    """Raises AlreadyClosed: nothing is stepped up on a closed case."""
    if incident.status == Status.CLOSED:
        raise AlreadyClosed


def measure_for(incident: Incident, number: str) -> Measure:
    """The measure `M-3` of this case; services hold the case's lock when they ask."""
    digits = number.removeprefix("M-")
    plain = digits.isascii() and digits.isdigit() and len(digits) <= 6
    found = Measure.objects.with_people().filter(incident=incident, number=int(digits)).first() if plain else None
    if found is None:
        raise NotFound(number)
    found.incident = incident
    return found
