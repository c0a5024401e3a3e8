"""`./norms manage verify_releases`: every published release is what was checked, and no two of them give anybody away."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from instruments.models import Instrument
from instruments.selectors import version_of
from publication import selectors, storing
from publication.attack import difference_attack
from publication.release import Release as Figures


class Command(BaseCommand):
    help = "Recomputes the checksum of every published release and subtracts every two of them."

    def handle(self, *args: Any, **options: Any) -> None:
        seen: list[tuple[str, Figures]] = []
        wrong = []
        for release in reversed(selectors.editions()):
            edition = selectors.published(release.version, None)
            figures = Figures(on=release.on, tables=tuple(sheet.table for sheet in edition.sheets))
            if storing.checksum(figures) != release.sha256:
                wrong.append(f"{release.version}: the figures do not have their checksum")
            rules = version_of(Instrument.Kind.DISCLOSURE_RULES, release.rules_version).content
            wrong += [
                f"{release.version} minus {version} singles out a few in {len(found)} figures"
                for version, before in seen
                if (found := difference_attack(before, figures, rules))
            ]
            seen.append((release.version, figures))
        if wrong:
            raise CommandError("; ".join(wrong))
        self.stdout.write(f"{len(seen)} releases verified.")
