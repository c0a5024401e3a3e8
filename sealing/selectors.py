"""What pages and the rooms above ask about sealing keys."""

from organisations.models import User

from .models import SealingKey


def key_of(user: User) -> SealingKey | None:
    """The key in use of the person who asks; nobody else's can be seen."""
    return SealingKey.objects.filter(user=user, retired_at__isnull=True).first()
