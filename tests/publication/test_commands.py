"""The commands are doors to the same services."""

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from publication import selectors, storing
from tests.publication.figures import Bureau

pytestmark = [pytest.mark.duty("PUB-2"), pytest.mark.django_db]


def said(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_a_release_by_command_needs_two_publishers(bureau: Bureau) -> None:
    bureau.cases(12)
    first, second = bureau.first.user.email, bureau.second.user.email
    with pytest.raises(CommandError, match="Only publishers"):
        said("prepare_release", "--as", bureau.people.vela.analyst.user.email)
    with pytest.raises(CommandError, match="no member"):
        said("prepare_release", "--as", "nobody@nowhere.example")
    assert "prepared" in said("prepare_release", "--as", first)
    assert selectors.latest() is None
    with pytest.raises(CommandError, match="Another release"):
        said("prepare_release", "--as", first, "--publish-as", second)


def test_published_releases_verify_and_a_changed_figure_is_found(bureau: Bureau, monkeypatch: Any) -> None:
    bureau.cases(12)
    assert "published" in said(
        "prepare_release", "--as", bureau.first.user.email, "--publish-as", bureau.second.user.email
    )
    assert "1 releases verified" in said("verify_releases")
    monkeypatch.setattr(storing, "checksum", lambda _: "0" * 64)
    with pytest.raises(CommandError, match="checksum"):
        said("verify_releases")
