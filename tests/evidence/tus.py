"""A small tus client for tests: says what the protocol says, nothing else."""

import base64
import hashlib
from typing import Any

from django.test import Client

PIECE = "application/offset+octet-stream"


def address(reference: str) -> str:
    return f"/api/v1/incidents/{reference}/evidence/uploads/"


def metadata(**values: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())


def checksum(data: bytes, algorithm: str = "sha256") -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, data).digest()).decode()}"


def begin(client: Client, reference: str, size: int, name: str = "disk.img", **headers: Any) -> Any:
    return client.post(
        address(reference),
        headers={
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(size),
            "Upload-Metadata": metadata(filename=name),
            **headers,
        },
    )


def piece(client: Client, url: str, offset: int, data: bytes, **headers: Any) -> Any:
    return client.patch(
        url, data, content_type=PIECE, headers={"Tus-Resumable": "1.0.0", "Upload-Offset": str(offset), **headers}
    )


def offset_of(client: Client, url: str) -> int:
    return int(client.head(url, headers={"Tus-Resumable": "1.0.0"})["Upload-Offset"])


def sent(client: Client, reference: str, data: bytes, name: str = "disk.img", step: int = 1000) -> str:
    """A whole file, piece by piece; its id."""
    url = begin(client, reference, len(data), name)["Location"]
    for start in range(0, len(data), step):
        assert piece(client, url, start, data[start : start + step]).status_code == 204
    return str(url.rstrip("/").rsplit("/", 1)[-1])
