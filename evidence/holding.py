"""What the store holds for a file: its bytes, or the sealed stream that stands for them.

Whoever compares, disposes of or counts bytes asks here, so that nobody needs a key for it (R1.12 without opening).
"""

from dataclasses import dataclass

from .models import SealedFile, StoredFile
from .states import SealState


@dataclass(frozen=True, slots=True)
class Held:
    """A path in the store and the hash of the bytes that have to be there."""

    path: str
    sha256: str
    sealed: bool = False


def held(file: StoredFile) -> Held:
    """As it is at this moment."""
    locked = SealedFile.objects.filter(file=file, seal__state=SealState.SEALED).first()
    return Held(locked.path, locked.sha256, sealed=True) if locked else Held(file.path, file.sha256)
