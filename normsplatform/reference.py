"""The parts of the reference that are drawn from the code: tables and their links, state machines, permissions."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from django.apps import AppConfig, apps
from django.conf import settings
from django.db.models import ForeignKey, Model

from organisations.roles import BY_GRADE, BY_ROLE, Action, Grade, Role

FOLDER = Path(settings.BASE_DIR) / "docs" / "reference"
NOTE = "<!-- Drawn from the code by `./norms manage write_reference`; a test compares. Do not edit. -->\n"


def own_apps() -> list[AppConfig]:
    """Our rooms, in the order of the settings."""
    return [config for config in apps.get_app_configs() if Path(config.path).parent == Path(settings.BASE_DIR)]


def machines() -> Iterator[tuple[str, Mapping[str, set[str]]]]:
    """Every `…TRANSITIONS` of every `states.py`, by app and name."""
    for config in own_apps():
        if find_spec(f"{config.name}.states") is None:
            continue
        module = importlib.import_module(f"{config.name}.states")
        for name, table in sorted(vars(module).items()):
            if name.endswith("TRANSITIONS") and isinstance(table, Mapping):
                what = name.removesuffix("TRANSITIONS").strip("_").replace("_", " ").lower()
                yield f"{config.name}{f': {what}' if what else ''}", table


def states() -> str:
    """`docs/reference/states.md`."""
    parts = [NOTE, "# State machines\n"]
    for title, table in machines():
        lines = [f"\n## {title}\n", "```mermaid", "stateDiagram-v2", f"    [*] --> {plain(next(iter(table)))}"]
        for state, following in table.items():
            lines += [f"    {plain(state)} --> {plain(to)}" for to in sorted(map(str, following))]
            lines += [] if following else [f"    {plain(state)} --> [*]"]
        parts.append("\n".join([*lines, "```\n"]))
    return "\n".join(parts)


def plain(state: object) -> str:
    """A state's code as Mermaid takes it."""
    return str(state).replace(" ", "_").replace("-", "_") or "none"


def tables() -> str:
    """`docs/reference/tables.md`: an entity-relationship drawing a room."""
    parts = [
        NOTE,
        "# Tables\n",
        "Columns are in the models; here is what points at what. Every `incident` link is the case's wall.\n",
    ]
    for config in own_apps():
        models = sorted(config.get_models(), key=lambda model: model.__name__)
        if models:
            lines = [f"\n## {config.name}\n", "```mermaid", "erDiagram"]
            for model in models:
                lines.append(f"    {model.__name__} {{")
                lines += [f"        {field.get_internal_type()} {field.name}" for field in model._meta.concrete_fields]
                lines.append("    }")
                lines += [f"    {line}" for line in links(model)]
            parts.append("\n".join([*lines, "```\n"]))
    return "\n".join(parts)


def links(model: type[Model]) -> Iterator[str]:
    """The foreign keys of a model."""
    for field in model._meta.concrete_fields:
        if isinstance(field, ForeignKey):
            target = field.related_model
            name = target if isinstance(target, str) else target.__name__
            yield f"{name} {'|o' if field.null else '||'}--{'o|' if field.unique else 'o{'} {model.__name__} : {field.name}"


def permissions() -> str:
    """`docs/reference/permissions.md`: who may do what, by role and by grade."""

    def grid(heads: list[str], allowed: list[frozenset[Action]]) -> list[str]:
        rows = [f"| act | {' | '.join(heads)} |", f"|---|{'---|' * len(heads)}"]
        rows += [f"| `{act}` | {' | '.join('yes' if act in some else '' for some in allowed)} |" for act in Action]
        return rows

    return "\n".join(
        [
            NOTE, "# Who may do what\n",
            "An act on a case needs both: the person's role, and the grade their organisation was granted (the holder has every grade).\n",
            "## By role\n", *grid([role.value for role in Role], [BY_ROLE[role] for role in Role]),
            "\n## By grade\n", *grid([grade.name.lower() for grade in Grade], [BY_GRADE[grade] for grade in Grade]), "",
        ]
    )  # fmt: skip


DRAWN = {"states.md": states, "tables.md": tables, "permissions.md": permissions}
