"""What watchers of a case hear of from this room. Who opened or checked a file is nobody's news."""

from notifications.watching import watchable

from . import seal_news  # noqa: F401  (declares what is told of seals)

watchable(
    [
        "evidence.added",
        "evidence.graded",
        "evidence.linked",
        "evidence.frozen",
        "evidence.restored",
        "evidence.withdrawn",
    ]
)
