"""Pages for anybody: they read with a login of their own, so that nothing of a tenant is within reach."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpResponse

PUBLIC = "public"
Answer = Callable[..., HttpResponse]


@contextmanager
def as_public() -> Iterator[str]:
    """The alias of the public login, in a transaction of its own; the request's own connection stays unused."""
    with transaction.atomic(using=PUBLIC):
        yield PUBLIC


def public(view: Answer) -> Answer:
    """Anyone may open it, and it stays off the application's own login."""
    open_view: Any = login_not_required(view)
    return transaction.non_atomic_requests(using="default")(open_view)  # type: ignore[no-any-return]
