"""The list of evidence as a table: what one may see, and how it was narrowed (ATT-4)."""

import csv
import io
from typing import Any

import pytest

from incidents.models import Incident
from organisations.roles import Grade
from tests.evidence.builders import given, shared
from tests.people import People

pytestmark = [pytest.mark.django_db, pytest.mark.duty("ATT-4")]


def test_the_list_as_a_table(people: People, incident: Incident, sign_in: Any) -> None:
    analyst = people.vela.analyst
    given(analyst, incident, title="=HYPERLINK(1)")
    given(analyst, incident, title="Second", mark="TLP:RED", data=b"a second log\n")
    for address in (
        f"/incidents/{incident.reference}/evidence/list.csv",
        f"/api/v1/incidents/{incident.reference}/evidence/list.csv",
    ):
        client = sign_in(analyst)
        whole = list(csv.DictReader(io.StringIO(client.get(address).content.decode("utf-8-sig"))))
        assert [(row["item"], row["mark"], row["filters"]) for row in whole] == [
            ("E-1", "TLP:AMBER", "none"),
            ("E-2", "TLP:RED", "none"),
        ]
        assert whole[0]["title"] == "'=HYPERLINK(1)" and len(whole[0]["sha256"]) == 64
        red = list(csv.DictReader(io.StringIO(client.get(f"{address}?mark=TLP:RED").content.decode("utf-8-sig"))))
        assert [(row["item"], row["filters"]) for row in red] == [("E-2", "mark=TLP:RED")]
        assert client.get(f"{address}?status=gone").status_code in {400, 422}
        assert sign_in(people.orrin.analyst).get(address).status_code == 404
    shared(analyst, incident, people.amal.organisation, Grade.SUMMARY)
    assert sign_in(people.amal.analyst).get(f"/incidents/{incident.reference}/evidence/list.csv").status_code == 403
