"""What the platform writes, an outsider verifies with the offline verifier alone: files, custody, signature, place in the log."""

from pathlib import Path
from typing import Any

import pytest

from core.tenancy import acting_as
from evidence.models import EvidenceItem
from evidence.services import open_file
from incidents.models import Incident
from ledger import log
from ledger.keys import signer
from ledger.services import sequence_pending
from ledger.verify.cli import main
from organisations.actors import SYSTEM_EMAIL
from organisations.models import User
from tests.evidence.builders import LOG, given
from tests.ledger.authority import running
from tests.people import People

from .bags import inside, made, manifests, packed
from .conftest import Work

pytestmark = [pytest.mark.django_db, pytest.mark.duty("PUB-4"), pytest.mark.duty("ATT-4")]


def test_a_package_of_the_platform_holds_and_a_changed_one_does_not(
    people: People, incident: Incident, work: Work, tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.KEYS_ROOT, settings.BASE_URL = tmp_path / "keys", "https://vela.example"
    analyst = people.vela.analyst
    item = given(analyst, incident)
    with acting_as(analyst.principal):
        sha256 = EvidenceItem.objects.get(pk=item.pk).files.get().sha256
        opened = open_file(
            actor=analyst, reference=incident.reference, label=item.label, sha256=sha256, purpose="Reading it"
        )
        assert opened.handle is not None
        opened.handle.close()
    assert sequence_pending() and log.publish_checkpoint() is not None
    place, trusted = tmp_path / "package.zip", ["--key", signer("packages").vkey, "--key", signer("log").vkey]
    data = made(work, analyst, incident, mark="TLP:RED")
    place.write_bytes(data)
    code, told = main([str(place), *trusted]), capsys.readouterr().out
    assert code == 0 and "entries are proven to stand in the log of vela.example/log" in told, told
    files = inside(data)
    (path,) = [path for path in files if path.startswith("data/files/")]
    assert files[path] == LOG
    place.write_bytes(packed(manifests({**files, path: LOG + b"one more line\n"})))
    code, told = main([str(place), *trusted]), capsys.readouterr().out
    assert code == 1 and "is not the file data/items.json speaks of" in told and "signs something else" in told, told


def test_stamps_come_with_the_certificates_the_sender_trusts(
    people: People, incident: Incident, work: Work, tmp_path: Path, settings: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    settings.KEYS_ROOT = tmp_path / "keys"
    User.objects.get_or_create(email=SYSTEM_EMAIL, defaults={"name": "Norms Platform", "is_system": True})
    analyst = people.vela.analyst
    with running() as authority:
        roots = tmp_path / "roots.pem"
        roots.write_bytes(authority.root_pem)
        settings.TIMESTAMP_URL, settings.TIMESTAMP_ROOTS = authority.url, str(roots)
        work(lambda: given(analyst, incident))
        assert sequence_pending() and log.publish_checkpoint() is not None
        data = made(work, analyst, incident, mark="TLP:RED")
    assert inside(data)["data/timestamps/authorities.pem"] == authority.root_pem
    place = tmp_path / "package.zip"
    place.write_bytes(data)
    keys = ["--key", signer("packages").vkey, "--key", signer("log").vkey]
    assert main([str(place), *keys, "--authorities", str(roots)]) == 0
    told = capsys.readouterr().out
    assert "Test time-stamping authority" in told
    assert main([str(place), *keys]) == 3, "the package's own certificates vouch for nothing"
    assert "get" in capsys.readouterr().out
