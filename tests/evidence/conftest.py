"""Files of these tests live in a store of their own: a folder, and for modules that say so a bucket as well."""

import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from organisations.actors import SYSTEM_EMAIL
from organisations.models import User
from tests.stores import own_store

KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`BOTH_STORES` in a module: each of its tests, or those named, runs on the folder and on the bucket."""
    both = getattr(metafunc.module, "BOTH_STORES", False)
    if both is True or (both and metafunc.function.__name__ in both):
        metafunc.parametrize("files_root", ["folder", "bucket"], indirect=True)


@pytest.fixture(scope="session")
def s3_address() -> Iterator[str]:
    """An S3 of our own, in a process of its own: what it holds is not our memory."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(150):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture(autouse=True)
def files_root(tmp_path: Path, settings: Any, request: pytest.FixtureRequest) -> Path:
    """An empty store."""
    own_store(tmp_path, settings)
    if getattr(request, "param", "folder") == "bucket":
        address, bucket = request.getfixturevalue("s3_address"), f"evidence-{uuid.uuid4().hex[:12]}"
        boto3.client("s3", endpoint_url=address, **KEYS).create_bucket(Bucket=bucket)
        settings.EVIDENCE_STORE = "s3"
        settings.EVIDENCE_S3_PREFIX = "norms/"
        settings.EVIDENCE_S3 = {
            "bucket_name": bucket, "endpoint_url": address, "region_name": "us-east-1", "access_key": "test", "secret_key": "test",
        }  # fmt: skip
    return Path(settings.FILES_ROOT)


@pytest.fixture
def system(db: None) -> User:
    """The platform itself, which acts when a worker does."""
    return User.objects.create_user(SYSTEM_EMAIL, name="Norms Platform", is_system=True)
