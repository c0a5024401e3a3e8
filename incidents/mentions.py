"""Naming somebody with @ in what people write to each other about a case: whoever is named is told where, never what (SHR-5).

One parser and one rule for every room; a room calls `tell_mentioned` with the texts of its own that are meant for colleagues.

A name is an organisation's short name (`@amal`) or a person's name written together (`@hana.okafor`); in a case that is worked on without
names a handle (`@reviewer-c`) and nothing else. Only who may see the thing now is told. Whoever writes learns nothing about anybody:
the answer is the same whether a name was somebody's or nobody's, and a name that is not theirs to know opens nothing.
"""

import re
from collections.abc import Iterable

from django.db import connection
from django.utils.translation import gettext_lazy as _

from notifications.services import tell
from organisations.actors import Actor
from organisations.models import Organisation, User
from organisations.roles import Grade

from .blind import handles_of
from .models import Incident

HINT = _("Name somebody with @ to tell them: @amal, @hana.okafor, or in a case worked on without names a handle.")
NAMED = re.compile(r"(?<![\w@./+-])@([^\W_][\w.-]{1,79})")
# More names in one text than a person writes to are a list, not a conversation.
MOST = 20
KINDS = {Grade.SUMMARY: "case.mentioned", Grade.EVIDENCE: "evidence.mentioned"}


def names_in(*texts: str) -> list[str]:
    """The names written with @, as they are compared: lower case, without the full stop of a sentence; each once, the first of them."""
    found = (name.lower().rstrip(".-") for text in texts for name in NAMED.findall(text))
    return list(dict.fromkeys(name for name in found if name))[:MOST]


def tell_mentioned(
    *,
    actor: Actor,
    incident: Incident,
    texts: Iterable[str],
    key: str,
    url: str,
    subject: str = "",
    grade: Grade = Grade.SUMMARY,
) -> None:
    """Tells everybody named in these texts, once per `key`: who may see the case at this grade, and not whoever writes.

    `key` names the text, so that a text saved again tells nobody again.
    """
    names = names_in(*texts)
    if not names:
        return
    handles = handles_of(incident.pk).items() if incident.blind else ()
    numbers = [number for number, handle in handles if handle.slug in names]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT principal FROM incident_mentioned(%s, %s, %s, %s)", [incident.pk, names, numbers, int(grade)]
        )
        named = {principal for (principal,) in cursor.fetchall()} - {actor.user.pk}
    if not named:
        return
    bearers: list[User | Organisation] = [
        *User.objects.filter(pk__in=named),
        *Organisation.objects.filter(pk__in=named),
    ]
    tell(
        kind=KINDS[grade], to=bearers, key=f"mentioned:{key}", root_id=incident.pk, reference=incident.reference,
        mark=incident.mark, subject=subject, url=url,
    )  # fmt: skip
