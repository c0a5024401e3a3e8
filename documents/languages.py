"""The languages a document can be issued in: those whose words are there. A wrong `lang` is worse than English."""

from pathlib import Path

from django.conf import settings
from django.utils.translation import to_locale


def available() -> list[tuple[str, str]]:
    """Code and name of each."""

    def spoken(code: str) -> bool:
        return code == "en" or any(
            (Path(folder) / to_locale(code) / "LC_MESSAGES" / "django.mo").is_file() for folder in settings.LOCALE_PATHS
        )

    return [(code, str(name)) for code, name in settings.LANGUAGES if spoken(code)]
