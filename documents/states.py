"""The states of a job, and nothing else."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """Where a piece of long work stands."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Being made")
    DONE = "done", _("Ready")
    FAILED = "failed", _("Failed")


TRANSITIONS: dict[str, set[str]] = {
    State.QUEUED: {State.RUNNING, State.FAILED},
    State.RUNNING: {State.DONE, State.FAILED, State.QUEUED},  # back to the queue when its worker was lost
    State.FAILED: {State.QUEUED},  # a person asked again
    State.DONE: set(),
}

OPEN = (State.QUEUED, State.RUNNING)


class Stage(TextChoices):
    """What is being done right now, in words."""

    WAITING = "", _("Waiting for a free worker")
    GATHERING = "gathering", _("Gathering the record")
    LAYING_OUT = "layout", _("Laying out the pages")
    WRITING = "writing", _("Writing the PDF")
    STORING = "storing", _("Storing the document")
    COPYING = "copying", _("Copying and hashing files")
    CHECKING = "checking", _("Checking files, hashes and custody")
