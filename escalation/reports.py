"""A guardrail report as it is stored beside the decision, and told to programs: the same words for both."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from .rules import Check, GuardrailReport


def as_json(report: GuardrailReport) -> dict[str, Any]:
    """Every line of the report; messages stay in the language of the code, so that any reader gets their own."""
    return {
        "measure": report.measure,
        "verdict": report.verdict,
        "checks": [_line(check) for check in report.checks],
        "alternatives": list(report.alternatives),
    }


def _line(check: Check) -> dict[str, Any]:
    return {
        "code": check.code,
        "article": check.article,
        "passed": check.passed,
        "hard_stop": check.hard_stop,
        "message": check.message,
        "params": dict(check.params),
    }


def failed_codes(report: GuardrailReport) -> list[str]:
    """What the ledger names of a refusal."""
    return [check.code for check in report.failed]


def sentence(message: str, params: Mapping[str, str]) -> str:
    """A message in the reader's language; a subject or name within it is a text of its own and translated first."""
    told = {name: gettext(value) if name in {"subject", "name"} and value else value for name, value in params.items()}
    return gettext(message) % told


def told(report: Mapping[str, Any]) -> dict[str, Any]:
    """A stored report with each line as a sentence (`text`)."""
    lines = [{**line, "text": sentence(line["message"], line["params"])} for line in report["checks"]]
    return {**report, "checks": lines}
