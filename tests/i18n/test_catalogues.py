"""GOV-4: a language that is offered is there: every string, every placeholder, and in the file the program reads."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import formats, translation
from django.utils.translation import ngettext, to_locale

from core.countries import country_choices
from instruments import messages, wording

from .catalogue import Entry, Key, marked_in_python, marked_in_template, read_mo, read_po

pytestmark = pytest.mark.duty("GOV-4")

ROOT = Path(settings.BASE_DIR)
NOT_SHOWN = {"tests", "var", "docs", "deploy", "locale", "static"}
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]
PLACEHOLDERS = re.compile(r"%%|%\(\w+\)[a-z]|\{\w*\}|</?\w+>|https?://\S+|\bTLP:[A-Z+]+|\b(?:R\d\.\d+|ATT-\d+)\b")
# English that waits for its translation, by language. Empty is the rule; a string that is translated must leave it.
PENDING: dict[str, set[str]] = {"ar": set()}


def catalogue(language: str) -> Path:
    return ROOT / "locale" / to_locale(language) / "LC_MESSAGES" / "django.po"


def marked() -> set[Key]:
    """Every string the product marks for translation."""
    found: set[Key] = set()
    for folder in ROOT.iterdir():
        if folder.is_dir() and folder.name not in NOT_SHOWN and not folder.name.startswith("."):
            for path in folder.rglob("*.py"):
                found |= marked_in_python(path.read_text(encoding="utf-8"))
            for path in [*folder.rglob("*.html"), *folder.rglob("*.txt")]:
                found |= marked_in_template(path.read_text(encoding="utf-8"))
    return found


def missing_forms(entry: Entry, forms: int) -> list[int]:
    wanted = range(forms if entry.plural else 1)
    return [form for form in wanted if not entry.texts.get(form, "").strip()]


def test_a_language_is_offered_only_with_a_catalogue_and_each_catalogue_is_offered() -> None:
    kept = {path.parent.parent.name for path in (ROOT / "locale").glob("*/LC_MESSAGES/django.mo")}
    assert kept == {to_locale(code) for code in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_string_is_translated(language: str) -> None:
    there = {entry.key for entry in read_po(catalogue(language)) if not entry.fuzzy and not missing_forms(entry, 6)}
    found = marked()
    assert len(found) > 2_000, "The strings of the product were not found: this test would prove nothing."
    assert {key.message for key in found - there} == PENDING[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_fuzzy_half_done_or_named_twice(language: str) -> None:
    entries = read_po(catalogue(language))
    assert not [entry.key for entry in entries if entry.fuzzy]
    assert {entry.key.message for entry in entries if missing_forms(entry, 6)} <= PENDING[language]
    assert len({entry.key for entry in entries}) == len(entries)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_placeholder_is_kept(language: str) -> None:
    """Only the forms for none, one and two may say the number as a word instead."""
    wrong = []
    for entry in read_po(catalogue(language)):
        asked = set(PLACEHOLDERS.findall(entry.plural or entry.key.message))
        for form, text in entry.texts.items():
            kept = set(PLACEHOLDERS.findall(text))
            said_in_words = entry.plural and form < 3 and kept < asked and len(asked - kept) == 1
            if text and kept != asked and not said_in_words:
                wrong.append((entry.key.message, text))
    assert not wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_program_reads_what_the_translators_wrote(language: str) -> None:
    written = {
        (entry.key, form): text
        for entry in read_po(catalogue(language))
        for form, text in entry.texts.items()
        if not missing_forms(entry, 6)
    }
    assert read_mo(catalogue(language).with_suffix(".mo")) == written


@pytest.mark.parametrize("language", LANGUAGES)
def test_sharing_marks_stay_as_they_are(language: str) -> None:
    """TLP 2.0: labels are never translated."""
    for entry in read_po(catalogue(language)):
        for form, text in entry.texts.items():
            assert entry.plural or set(re.findall(r"TLP:\w+", entry.key.message)) == set(
                re.findall(r"TLP:\w+", text)
            ), form


def test_arabic_counts_in_six_forms() -> None:
    with translation.override("ar"):
        said = [
            ngettext("%(n)d incident", "%(n)d incidents", n) % {"n": n} for n in (0, 1, 2, 3, 10, 11, 99, 100, 103, 111)
        ]
    assert said == [
        "لا حوادث", "حادث واحد", "حادثان", "3 حوادث", "10 حوادث", "11 حادثاً", "99 حادثاً", "100 حادث", "103 حوادث", "111 حادثاً",
    ]  # fmt: skip


def test_the_words_of_the_instruments_are_listed_for_translation() -> None:
    """Run `./norms manage write_instrument_messages` when this fails."""
    listed = [phrase for mine in wording.phrases().values() for phrase in mine]
    assert list(messages.MESSAGES) == listed
    for shown in (
        "Hospital care",
        "Completely reliable",
        "Public attribution, single State or body",
        "Executive summary",
    ):
        assert shown in listed
    assert (ROOT / "instruments" / "messages.py").read_text(encoding="utf-8") == wording.as_source()


def test_strings_are_found_where_they_are_marked() -> None:
    """The finder itself: Python and template, with context and plural."""
    python = '_("one")\npgettext("menu", "two")\nngettext("%(n)s day", "%(n)s days", n)\ngettext(name)\nother("three")'
    assert marked_in_python(python) == {Key(None, "one"), Key("menu", "two"), Key(None, "%(n)s day")}
    template = (
        '{% load i18n %}{% translate "It\'s" %}{% translate "May" context "month" %}'
        "{% blocktranslate trimmed count n=n %}{{ n }} item{% plural %}{{ n }} items{% endblocktranslate %}plain"
    )
    assert marked_in_template(template) == {Key(None, "It's"), Key("month", "May"), Key(None, "%(n)s item")}


def test_countries_are_named_in_arabic() -> None:
    """ISO 3166 translates some everyday names only under the full one: no country stays English."""
    with translation.override("ar"):
        assert not [(code, name) for code, name in country_choices() if re.search("[A-Za-z]", name)]
    with translation.override("en"):
        assert dict(country_choices())["IR"] == "Iran"


def test_numbers_are_grouped_as_the_dates_are_written() -> None:
    """Western digits in Arabic, grouped: 225,000 and not 225000."""
    with translation.override("ar"):
        assert formats.number_format(225_000, force_grouping=True) == "225,000"
        assert formats.number_format(5.5) == "5.5"
