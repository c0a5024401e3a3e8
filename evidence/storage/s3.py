"""The store as a bucket that speaks S3 (django-storages gives the connection, boto3 the calls).

An object appears whole or not at all, so a temporary key is copied to its final one inside the service. What two write
to one final key at the same moment is the same content by its name, whoever comes last. A handle reads one version of an
object only (by its ETag): what was hashed is what is handed out.
"""

import errno
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any

import magic
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from storages.backends.s3 import S3Storage

from .names import INCOMING

PART = 8 * 1024 * 1024  # S3 takes no smaller parts than 5 MiB, but for the last
HEAD = 1024 * 1024  # what libmagic is shown
READ = 4 * 1024 * 1024
IN_ONE_CALL = TransferConfig(multipart_threshold=5 * 1024**3, use_threads=False)
MISSING = {"404", "NoSuchKey", "NotFound", "NoSuchUpload"}
NO_ROOM = {"QuotaExceeded", "XMinioStorageFull", "InsufficientCapacity", "507"}


@contextmanager
def as_os_errors(name: str) -> Iterator[None]:
    """Whatever the service answers becomes the error a disk would give."""
    try:
        yield
    except ClientError as problem:
        code = str(problem.response.get("Error", {}).get("Code", ""))
        if code in MISSING:
            raise FileNotFoundError(errno.ENOENT, "not in the bucket", name) from problem
        raise OSError(errno.ENOSPC if code in NO_ROOM else errno.EIO, f"object storage: {code}", name) from problem
    except BotoCoreError as problem:
        raise OSError(errno.EIO, f"object storage: {problem}", name) from problem


class Reader(io.RawIOBase):
    """One version of an object as a file: read forwards in one request, from another place in a new one."""

    def __init__(self, client: Any, bucket: str, key: str) -> None:
        super().__init__()
        self.client, self.bucket, self.key = client, bucket, key
        with as_os_errors(key):
            head = client.head_object(Bucket=bucket, Key=key)
        self.size, self.etag = int(head["ContentLength"]), head["ETag"]
        self.position = 0
        self.body: Any = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """To a place; the request under way is given up when it is another one."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self.position, io.SEEK_END: self.size}[whence]
        wanted = max(start + offset, 0)
        if wanted != self.position:
            self.drop()
            self.position = wanted
        return wanted

    def readinto(self, buffer: Any) -> int:
        """The next bytes."""
        if self.position >= self.size:
            return 0
        with as_os_errors(self.key):
            if self.body is None:
                self.body = self.client.get_object(
                    Bucket=self.bucket, Key=self.key, Range=f"bytes={self.position}-", IfMatch=self.etag
                )["Body"]
            data = self.body.read(len(buffer))
        if not data:
            raise OSError(errno.EIO, "the object ended early", self.key)
        buffer[: len(data)] = data
        self.position += len(data)
        return len(data)

    def drop(self) -> None:
        """Ends the request under way."""
        if self.body is not None:
            self.body.close()
            self.body = None

    def close(self) -> None:
        self.drop()
        super().close()


def in_parts(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of PART; memory stays at one of them."""
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) >= PART:
            yield bytes(held[:PART])
            del held[:PART]
    yield bytes(held)


class Bucket:
    """A store in a bucket; every call is one request or a stream of parts."""

    def __init__(self) -> None:
        self.storage = S3Storage(**settings.EVIDENCE_S3)
        self.bucket: str = settings.EVIDENCE_S3["bucket_name"]
        self.prefix: str = settings.EVIDENCE_S3_PREFIX

    @property
    def client(self) -> Any:
        """This thread's client."""
        return self.storage.connection.meta.client

    def key(self, name: str) -> str:
        """The object behind a name."""
        if not name or name.startswith("/") or ".." in name.split("/"):
            raise ValueError("a stored path leaves the store")
        return f"{self.prefix}{name}"

    def at(self, name: str) -> dict[str, str]:
        """Bucket and key, as calls take them."""
        return {"Bucket": self.bucket, "Key": self.key(name)}

    def ready(self) -> bool:
        """Whether the bucket answers."""
        try:
            with as_os_errors(self.bucket):
                self.client.head_bucket(Bucket=self.bucket)
        except OSError:
            return False
        return True

    def write(self, name: str, chunks: Iterable[bytes]) -> None:
        """Streams an object, in parts when it is larger than one; nothing of it is left when it fails."""
        parts = in_parts(chunks)
        first = next(parts)
        with as_os_errors(name):
            if len(first) < PART:
                self.client.put_object(**self.at(name), Body=first)
                return
            upload = self.client.create_multipart_upload(**self.at(name))["UploadId"]
        done: list[dict[str, Any]] = []

        def send(part: bytes) -> None:
            number = len(done) + 1
            answer = self.client.upload_part(**self.at(name), UploadId=upload, PartNumber=number, Body=part)
            done.append({"PartNumber": number, "ETag": answer["ETag"]})

        try:
            with as_os_errors(name):
                send(first)
            for part in parts:
                if part:
                    with as_os_errors(name):
                        send(part)
            with as_os_errors(name):
                self.client.complete_multipart_upload(**self.at(name), UploadId=upload, MultipartUpload={"Parts": done})
        except BaseException:
            with as_os_errors(name):
                self.client.abort_multipart_upload(**self.at(name), UploadId=upload)
            raise

    def media_type(self, name: str) -> str:
        """By content (libmagic), as the first megabyte shows it."""
        with self.open(name) as handle:
            return str(magic.from_buffer(handle.read(HEAD), mime=True))

    def settle(self, temporary: str, final: str) -> bool:
        """Copies inside the service; False when the key is taken. Above 5 GB the copy goes in parts."""
        if self.exists(final):
            return False
        with as_os_errors(final):
            source = {"Bucket": self.bucket, "Key": self.key(temporary)}
            self.client.copy(source, self.bucket, self.key(final), Config=IN_ONE_CALL)
        return True

    def exists(self, name: str) -> bool:
        """Whether there is an object."""
        try:
            with as_os_errors(name):
                self.client.head_object(**self.at(name))
        except FileNotFoundError:
            return False
        return True

    def open(self, name: str) -> IO[bytes]:
        """For reading; OSError when it is not there."""
        return io.BufferedReader(Reader(self.client, self.bucket, self.key(name)), READ)

    def remove(self, name: str) -> None:
        """Gone, or gone already."""
        with as_os_errors(name):
            self.client.delete_object(**self.at(name))

    def pages(self, prefix: str, **more: str) -> Iterator[dict[str, Any]]:
        """A listing, a thousand at a time."""
        with as_os_errors(prefix):
            pages = self.client.get_paginator("list_objects_v2")
            yield from pages.paginate(Bucket=self.bucket, Prefix=f"{self.prefix}{prefix}", **more)

    def names(self, prefix: str) -> Iterator[tuple[str, float]]:
        """Every object below a prefix, with the time it was last written (seconds)."""
        for page in self.pages(prefix):
            for found in page.get("Contents", []):
                yield found["Key"].removeprefix(self.prefix), found["LastModified"].timestamp()

    def tops(self) -> list[str]:
        """The first parts of names: one for each organisation."""
        found = [
            row["Prefix"].removeprefix(self.prefix).strip("/")
            for page in self.pages("", Delimiter="/")
            for row in page.get("CommonPrefixes", [])
        ]
        return sorted(top for top in found if top != INCOMING)

    def forget_unfinished(self, older_than: float) -> int:
        """Ends uploads in parts that a killed process left open: they cost room and no listing shows them."""
        gone = 0
        with as_os_errors(self.bucket):
            for page in self.client.get_paginator("list_multipart_uploads").paginate(
                Bucket=self.bucket, Prefix=f"{self.prefix}{INCOMING}/"
            ):
                for left in page.get("Uploads", []):
                    if left["Initiated"].timestamp() < older_than:
                        self.client.abort_multipart_upload(
                            Bucket=self.bucket, Key=left["Key"], UploadId=left["UploadId"]
                        )
                        gone += 1
        return gone
