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
from tests.evidence.builders import LOG, given
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
