"""An end known only so far is compared as far as it is known."""

import pytest

from core.errors import Invalid
from incidents.facts import check


def moment(at: str, precision: str) -> dict[str, str]:
    return {"at": at, "precision": precision}


@pytest.mark.duty("ATT-1")
@pytest.mark.parametrize(
    ("began", "ended", "stands"),
    [
        (("2022-03-03T12:00:00Z", "hour"), ("2022-03-03T00:00:00Z", "day"), True),
        (("2022-03-03T12:00:00Z", "exact"), ("2022-03-01T00:00:00Z", "month"), True),
        (("2022-03-03T12:00:00Z", "exact"), ("2022-01-01T00:00:00Z", "year"), True),
        (("2022-03-03T12:30:00Z", "exact"), ("2022-03-03T12:00:00Z", "hour"), True),
        (("2022-03-03T12:00:00Z", "hour"), ("2022-03-02T00:00:00Z", "day"), False),
        (("2022-03-03T12:00:00Z", "exact"), ("2022-03-03T11:59:59Z", "exact"), False),
        (("2022-03-03T12:00:00Z", "exact"), ("2022-01-01T00:00:00Z", "month"), False),
        (("2022-03-03T12:00:00Z", "exact"), ("2021-01-01T00:00:00Z", "year"), False),
    ],
)
def test_an_end_is_before_the_beginning_only_when_it_cannot_be_otherwise(
    began: tuple[str, str], ended: tuple[str, str], stands: bool
) -> None:
    given = {"began": moment(*began), "ended": moment(*ended)}
    if stands:
        assert check(given)["ended"]["precision"] == ended[1]
    else:
        with pytest.raises(Invalid) as refused:
            check(given)
        assert set(refused.value.fields) == {"ended"}
