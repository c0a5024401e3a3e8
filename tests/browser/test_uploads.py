"""Files sent piece by piece while the rest of the form is filled in: progress, a lost line, removing one; and without a script."""

from pathlib import Path

import pytest
from django.db import transaction
from playwright.sync_api import Page, Route

from core.tenancy import acting_as
from evidence.models import PendingUpload, StoredFile
from organisations.actors import Actor
from tests.browser.conftest import Cast, Sit
from tests.tenancy.test_walls import filed

pytestmark = [pytest.mark.duty("ATT-2")]


def form_of(page: Page, analyst: Actor) -> None:
    """The form of a new item."""
    with transaction.atomic():
        incident = filed(analyst)
    page.goto(f"/incidents/{incident.reference}/evidence/new/?kind=log")
    page.get_by_role("textbox", name="Title").fill("Sign-in logs")


def names(analyst: Actor) -> list[str]:
    with acting_as(analyst.principal), transaction.atomic():
        return list(StoredFile.objects.order_by("pk").values_list("name", flat=True))


def test_files_are_sent_while_the_form_is_filled_in(sit: Sit, cast: Cast, tmp_path: Path) -> None:
    analyst = cast.actor("vela", "analyst")
    before = len(names(analyst))
    for name in ("one.log", "two.log", "three.log"):
        (tmp_path / name).write_text(f"2018-02-09T11:00:01Z host={name}\n" * 400_000)  # two pieces and more
    page = sit(analyst).new_page()
    form_of(page, analyst)
    lost = {"left": 1}

    def line(route: Route) -> None:
        """The second piece of the first file is lost once; the browser goes on by itself."""
        if lost["left"] and route.request.method == "PATCH" and route.request.headers.get("upload-offset") != "0":
            lost["left"] -= 1
            route.abort()
        else:
            route.continue_()

    page.route("**/evidence/uploads/**", line)
    page.locator("#id_file").set_input_files([tmp_path / f"{n}.log" for n in ("one", "two", "three")])
    page.get_by_role("button", name="Remove three.log").click()
    page.locator(".sending input[name=uploads]").nth(1).wait_for(state="attached")
    assert lost["left"] == 0
    page.get_by_role("button", name="Add the item").click()
    page.wait_for_url("**/evidence/E-1/")
    assert sorted(names(analyst)[before:]) == ["one.log", "two.log"]
    with acting_as(analyst.principal), transaction.atomic():
        sizes = {file.name: file.size for file in StoredFile.objects.all()}
        assert sizes["one.log"] == (tmp_path / "one.log").stat().st_size
        # What was removed in the moment it was begun may be left; it runs out by itself.
        assert set(PendingUpload.objects.values_list("name", flat=True)) <= {"three.log"}


def test_a_file_that_is_refused_says_why_beside_its_name(sit: Sit, cast: Cast, tmp_path: Path) -> None:
    analyst = cast.actor("vela", "analyst")
    (tmp_path / "empty.log").write_text("")
    page = sit(analyst).new_page()
    form_of(page, analyst)
    page.locator("#id_file").set_input_files(tmp_path / "empty.log")
    page.locator(".sending [data-state], .sending li").get_by_text("This file is empty").first.wait_for()
    page.get_by_role("button", name="Add the item").click()
    page.get_by_text("A file is still on its way").wait_for(state="attached")


def test_without_a_script_the_form_sends_them_itself(sit: Sit, cast: Cast, tmp_path: Path) -> None:
    analyst = cast.actor("vela", "analyst")
    before = len(names(analyst))
    for name in ("four.log", "five.log"):
        (tmp_path / name).write_text(f"2018-02-09T11:00:01Z host={name}\n")
    page = sit(analyst, javascript=False).new_page()
    form_of(page, analyst)
    page.locator("#id_file").set_input_files([tmp_path / "four.log", tmp_path / "five.log"])
    page.get_by_label("One item for each file").check()
    page.get_by_role("button", name="Add the item").click()
    page.wait_for_url("**/evidence/")
    assert sorted(names(analyst)[before:]) == ["five.log", "four.log"]
