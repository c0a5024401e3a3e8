"""Language and theme: a plain form, a cookie, and back to where one was; never to somebody else's site."""

import pytest
from django.test import RequestFactory

from core.ui import views


@pytest.mark.parametrize(
    ("back", "expected"),
    [("/incidents/?q=a", "/incidents/?q=a"), ("https://evil.example/", "/"), ("//evil.example", "/"), ("", "/")],
)
def test_the_way_back_stays_here(back: str, expected: str) -> None:
    response = views.set_theme(RequestFactory().post("/", {"theme": "dark", "next": back}))
    assert (response.status_code, response["Location"]) == (302, expected)
    assert response.cookies["theme"].value == "dark"


def test_an_unknown_theme_goes_back_to_the_system() -> None:
    assert views.set_theme(RequestFactory().post("/", {"theme": "pink"})).cookies["theme"]["max-age"] == 0


def test_a_language_is_kept_if_we_have_it() -> None:
    assert views.set_language(RequestFactory().post("/", {"language": "ar"})).cookies["django_language"].value == "ar"
    assert not views.set_language(RequestFactory().post("/", {"language": "xx"})).cookies


def test_reading_changes_nothing() -> None:
    assert views.set_theme(RequestFactory().get("/")).status_code == 405
    assert views.set_language(RequestFactory().get("/")).status_code == 405
