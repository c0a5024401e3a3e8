"""Countries by ISO 3166 code, named in the reader's language: a code is never shown without its name."""

import gettext
from functools import lru_cache
from typing import Any

import pycountry
from django.utils.translation import get_language, gettext_noop, to_locale
from django.utils.translation import gettext as ours

# Renamed since the lists of ISO 3166 in other languages were made.
gettext_noop("Türkiye")


@lru_cache(maxsize=16)
def _named(locale: str) -> dict[str, str]:
    words = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[locale], fallback=True)

    def named(country: Any) -> str:
        """The everyday name; the full one where only that is translated."""
        everyday = str(getattr(country, "common_name", country.name))
        said = words.gettext(everyday)
        if said == everyday and words.info():
            said = words.gettext(country.name)
        return ours(said) if said == country.name else said

    names = {country.alpha_2: named(country) for country in pycountry.countries}
    return dict(sorted(names.items(), key=lambda pair: pair[1].casefold()))


def country_choices() -> list[tuple[str, str]]:
    """Every country as (code, name), by name."""
    return list(_named(to_locale(get_language() or "en")).items())


def country_name(code: str) -> str:
    """The country's name; the code itself when ISO 3166 does not have it."""
    return _named(to_locale(get_language() or "en")).get(code, code)
