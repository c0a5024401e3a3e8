"""The method of a release in plain words, written once from the rules it was made under and kept with it (R5.7)."""

from collections.abc import Mapping
from typing import Any

# What a reader needs to know of the rules; kept with the release because the public login reads no instruments.
KEPT_RULES = ("threshold", "rounding_base", "min_contributing_tenants", "embargo_days", "breakdowns")

METHOD = """\
What is counted. Cases of organisations that use the platform. A case counts when it is closed or was filed more than \
{embargo_days} days before the day of counting. Exercises never count, nor do cases marked TLP:RED. Each case stands in one \
category of each kind; a case with more than one sector or region stands under "several", a case without a known one under \
"unknown". The year is that in which the incident began, or was detected where its beginning is not known. The tier is the \
highest of the findings that stand. People affected are best estimates; where the number is not known for every case, the \
sum is given as "at least". Regions are those of the United Nations' standard M49, for statistical convenience; they say \
nothing about the status of a territory.

How people and cases are protected. A figure is shown only if at least {threshold} cases are behind it, at least {threshold} \
people (or none, or an unknown number), and at least {min_contributing_tenants} organisations. A sum of people in which one \
case outweighs the others is hidden. Whatever would give a hidden figure away by addition or subtraction is hidden as well, \
in all tables together. What is shown is rounded to a multiple of {rounding_base}; sums may therefore differ from the total. \
Before publication every release is compared with every earlier one, as a reader would subtract them; one that would show that \
between 1 and {below} cases or people came or went is refused. A figure keeps its published value until it has moved by more \
than one step.

What this does not protect against. A true zero is shown as 0, so it is known that such a category is empty. An organisation \
can subtract its own cases from a figure. Knowledge from elsewhere about the cases behind a number is not taken away. There is \
no differential privacy here.

What this does not show. Only what was reported to the organisations that use the platform: more cases can mean more reporting \
rather than more attacks. Recent cases are missing until the embargo has passed. Cases are revised and re-assessed, so a later \
release may count them differently; the changes are listed with each release."""


def method_text(rules: Mapping[str, Any]) -> str:
    """The method as these rules make it."""
    return METHOD.format(**rules, below=rules["threshold"] - 1)


def kept(rules: Mapping[str, Any]) -> dict[str, Any]:
    """The part of the rules that is published with the figures."""
    return {name: rules[name] for name in KEPT_RULES}
