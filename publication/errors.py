"""The rules of releases that can be broken, one class each."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class AnotherPending(DomainError):
    """Two releases at once could not be compared with each other."""

    code = "release_pending"
    message = _("Another release is being prepared. Publish or discard it first.")


class SamePerson(DomainError):
    """Four eyes."""

    code = "four_eyes_required"
    message = _("Whoever prepared a release does not publish it. Ask another publisher.")


class NotPrepared(DomainError):
    """Only a release that was counted and checked can be published."""

    code = "release_not_prepared"
    message = _("This release is not waiting to be published.")


class NotPending(DomainError):
    """What was published or refused stays."""

    code = "release_not_pending"
    message = _("This release has ended and stays as it is.")


class StillWorking(DomainError):
    """A worker has it."""

    code = "release_being_counted"
    message = _("This release was handed to a worker a moment ago. Wait a minute before you send it again.")


class FiguresChanged(DomainError):
    """The stored figures are not those that were checked."""

    code = "release_figures_changed"
    message = _("The stored figures do not have the checksum under which they were checked. They cannot be published.")


class WouldIsolate(DomainError):
    """R5.8."""

    code = "release_would_isolate"
    message = _("Together with an earlier release this one would show that only a few cases or people came or went.")
