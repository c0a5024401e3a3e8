"""One class for each rule of exchange that can be broken."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class NotReady(DomainError):
    code = "exchange_not_ready"
    message = _("This is not ready yet. Wait until it has been made.")


class AboveMark(DomainError):
    """Raised with the items concerned in `details`."""

    code = "package_above_mark"

    def __init__(self, things: list[tuple[str, str]]) -> None:
        self.things = things
        named = ", ".join(f"{label} ({mark})" for label, mark in things)
        words = _(
            "Marked more strictly than the package would be: %(things)s. Leave them out, or choose a mark that covers them (R2.8)."
        )
        super().__init__(words % {"things": named}, items=[label for label, _mark in things])


class NothingToExport(DomainError):
    code = "package_of_nothing"
    message = _("There is no evidence on this case yet, so there is nothing to export.")


class PackageDamaged(DomainError):
    code = "package_damaged"
    message = _(
        "The stored package is not the one that was made, so it is not handed out. Ask for a new one, and tell whoever runs the platform."
    )


class PackageOvertaken(DomainError):
    """Raised with the items concerned in `details`."""

    code = "package_overtaken"

    def __init__(self, labels: list[str]) -> None:
        words = _(
            "Since this package was made, %(items)s was sealed or marked more strictly. It is not handed out any more; ask for a new one."
        )
        super().__init__(words % {"items": ", ".join(labels)}, items=labels)


class RecordOvertaken(DomainError):
    code = "custody_record_overtaken"
    message = _(
        "The item was sealed or marked more strictly after this custody record was made, and the record says more than may be said now. Ask for a new one."
    )
