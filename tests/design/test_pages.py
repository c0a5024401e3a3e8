"""Pages that belong to no room stand alone: each error page and each sign-in page says where one is and what to do."""

import re
from typing import Any

import pytest
from allauth.account.forms import LoginForm, ResetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from core.errors import DomainError, Invalid
from core.ui import errors
from tests.design.conftest import visitor

REFUSED = DomainError("The notice period has not passed.")

PAGES: dict[str, dict[str, Any]] = {
    "errors/400.html": {},
    "errors/403.html": {},
    "errors/403_csrf.html": {},
    "errors/404.html": {},
    "errors/409.html": {"error": REFUSED, "back": "/incidents/"},
    "errors/422.html": {"error": Invalid({"title": ["“Title” needs an answer."]})},
    "errors/500.html": {},
    "account/login.html": {"form": LoginForm},
    "account/logout.html": {},
    "account/password_reset.html": {"form": ResetPasswordForm},
    "account/password_reset_done.html": {},
    "account/password_reset_from_key.html": {"token_fail": True},
    "account/password_reset_from_key_done.html": {},
}


def page(name: str, language: str = "en") -> str:
    """The page as a visitor gets it."""
    context = {key: value() if isinstance(value, type) else value for key, value in PAGES[name].items()}
    with translation.override(language):
        return render_to_string(name, context, request=visitor("/accounts/x/"))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_one_heading_a_title_and_its_language(name: str) -> None:
    html = page(name, "ar")
    assert html.lstrip().startswith("<!doctype html>")
    assert '<html lang="ar" dir="rtl"' in html
    assert len(re.findall(r"<h1\b", html)) == 1
    assert re.search(r"<title>\s*[^–<]+ – ", html)
    assert "{%" not in html
    assert "{{" not in html


def test_a_refusal_says_the_rule_and_the_way_back() -> None:
    html = page("errors/409.html")
    assert "The notice period has not passed." in html
    assert "rule_refused" in html
    assert 'href="/incidents/"' in html


def test_a_wrong_value_is_named() -> None:
    assert "“Title” needs an answer." in page("errors/422.html")


def test_the_sign_in_form_is_ours_and_may_be_filled_by_a_password_manager() -> None:
    html = page("account/login.html")
    assert '<div class="field' in html
    assert 'autocomplete="current-password"' in html
    assert "novalidate" in html
    assert "csrfmiddlewaretoken" in html


def test_a_title_begins_with_error_when_the_form_has_errors() -> None:
    form = LoginForm({})
    html = render_to_string("account/login.html", {"form": form}, request=visitor("/accounts/login/"))
    assert re.search(r"<title>Error:\s+Sign in –", html)
    assert "There is a problem" in html


@pytest.mark.parametrize(
    ("view", "status"),
    [(errors.bad_request, 400), (errors.permission_denied, 403), (errors.csrf_failure, 403), (errors.not_found, 404)],
)
def test_the_status_is_the_true_one(view: Any, status: int) -> None:
    request: HttpRequest = visitor("/nowhere/")
    response: HttpResponse = view(request)
    assert response.status_code == status


def test_the_page_for_our_own_faults_needs_nothing() -> None:
    """No user, no session, no database: any of them may be what failed."""
    response = errors.server_error(visitor("/"))
    assert response.status_code == 500
    assert b"The fault is ours" in response.content
