"""Every text of a person is tagged beside its model, with a rule that is published (SHR-6)."""

import pytest
from django.apps import apps
from django.db import models

from core.personal import NOBODYS, PERSONAL, WITH_THE_RECORD
from keeping.retention import rules

pytestmark = pytest.mark.duty("SHR-6")

# What a column of a person is called. A column of one of these words is tagged or excused, whatever it holds.
WORDS = {"email", "mail", "phone", "contact", "person", "name", "names", "by", "author", "whose", "recipient", "requester", "addressee", "asked"}  # fmt: skip
ELSEWHERE = {
    "django", "auth", "admin", "contenttypes", "sessions", "account", "mfa", "guardian", "socialaccount", "usersessions",
}  # fmt: skip


def of_a_person(field: models.Field) -> bool:  # type: ignore[type-arg]
    """Whether a text looks as if it were about somebody."""
    if not isinstance(field, models.CharField | models.TextField) or field.choices:
        return False
    return isinstance(field, models.EmailField) or bool(WORDS & set(field.name.split("_")))


def texts() -> list[tuple[str, str]]:
    """Every such text of every model of ours."""
    return [
        (model._meta.label, field.name)
        for model in apps.get_models()
        if model._meta.app_label not in ELSEWHERE
        for field in model._meta.concrete_fields
        if of_a_person(field)
    ]


def test_every_text_of_a_person_is_tagged_or_excused() -> None:
    known = {(model, name) for book in (PERSONAL, NOBODYS) for model, fields in book.items() for name in fields}
    assert [text for text in texts() if text not in known] == []


def test_a_new_field_that_is_not_tagged_is_found() -> None:
    class Visitor(models.Model):  # noqa: DJ008  (a shape, never stored)
        spoken_by = models.CharField(max_length=10)
        reach = models.EmailField()
        colour = models.CharField(max_length=10)

        class Meta:
            app_label = "tests"
            managed = False

    found = [field.name for field in Visitor._meta.concrete_fields if of_a_person(field)]
    del apps.all_models["tests"]["visitor"]
    apps.clear_cache()
    assert found == ["spoken_by", "reach"]


def test_tags_name_fields_that_are_there_and_none_twice() -> None:
    for book in (PERSONAL, NOBODYS):
        for label, fields in book.items():
            here = {field.name for field in apps.get_model(label)._meta.concrete_fields}
            assert set(fields) <= here, label
    assert not {(m, f) for m, fs in PERSONAL.items() for f in fs} & {(m, f) for m, fs in NOBODYS.items() for f in fs}


@pytest.mark.django_db
def test_every_tag_names_a_published_rule() -> None:
    known = {rule["code"] for rule in rules()}
    assert WITH_THE_RECORD in known
    used = {tag.rule for fields in PERSONAL.values() for tag in fields.values()}
    assert used <= known
    assert {rule["code"] for rule in rules() if rule["days"]} - used <= {"change"}  # of changed records, not of a field
