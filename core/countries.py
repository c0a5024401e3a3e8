"""Countries by ISO 3166 code, named in the reader's language: a code is never shown without its name."""

import gettext
from functools import lru_cache

import pycountry
from django.utils.translation import get_language, to_locale


@lru_cache(maxsize=16)
def _named(locale: str) -> dict[str, str]:
    words = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[locale], fallback=True)
    names = {
        country.alpha_2: words.gettext(getattr(country, "common_name", country.name)) for country in pycountry.countries
    }
    return dict(sorted(names.items(), key=lambda pair: pair[1].casefold()))


def country_choices() -> list[tuple[str, str]]:
    """Every country as (code, name), by name."""
    return list(_named(to_locale(get_language() or "en")).items())


def country_name(code: str) -> str:
    """The country's name; the code itself when ISO 3166 does not have it."""
    return _named(to_locale(get_language() or "en")).get(code, code)
