"""What any document is asked for with: a mark and a language there are."""

from django.utils.translation import gettext as _

from core.errors import Invalid
from core.marks import Mark
from documents import languages


def known_mark_and_language(mark: str, language: str) -> None:
    """Raises Invalid beside each of the two that is not one of the list."""
    wrong = {}
    if mark not in Mark.values:
        wrong["mark"] = [_("Choose a mark from the list.")]
    if language not in dict(languages.available()):
        wrong["language"] = [_("Choose a language from the list.")]
    if wrong:
        raise Invalid(wrong)
