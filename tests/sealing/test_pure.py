"""The locks themselves: any N shares and no fewer, boxes for one key, streams that are whole or refused."""

import io
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sealing import boxes, shares, stream

pytestmark = pytest.mark.duty("SHR-4")
KEY, CONTEXT = bytes(range(32)), b"E-1/ab"


def carryless(one: int, other: int) -> int:
    """The product in GF(256) by schoolbook multiplication and long division, to compare with."""
    product = 0
    for bit in range(8):
        if other >> bit & 1:
            product ^= one << bit
    for bit in range(14, 7, -1):
        if product >> bit & 1:
            product ^= 0x11B << (bit - 8)
    return product


def test_the_field_is_that_of_fips_197() -> None:
    assert shares.multiply(0x57, 0x83) == 0xC1  # FIPS 197, 4.2
    assert shares.multiply(0x57, 0x13) == 0xFE  # FIPS 197, 4.2.1
    assert shares.inverse(0x53) == 0xCA
    assert all(shares.multiply(one, other) == carryless(one, other) for one in range(256) for other in range(256))
    assert all(shares.multiply(value, shares.inverse(value)) == 1 for value in range(1, 256))


def test_shares_computed_by_hand_give_their_secret() -> None:
    # f(x) = 0x42 + 0x53·x: f(1) = 0x11, f(0xCA) = 0x42 + 0x01 = 0x43
    assert shares.join({1: b"\x11", 0xCA: b"\x43"}) == b"\x42"
    # f(x) = 0x05 + 0x57·x²: f(1) = 0x52, and 0x57·0x13 = 0xFE with 0x13 = x² for x = sqrt(0x13)
    root = next(x for x in range(256) if shares.multiply(x, x) == 0x13)
    assert shares.join({1: b"\x52", root: bytes([0x05 ^ 0xFE]), 2: bytes([0x05 ^ carryless(0x57, 4)])}) == b"\x05"


@given(st.binary(min_size=1, max_size=40), st.integers(2, 6), st.integers(0, 4))
@settings(max_examples=60, deadline=None)
def test_any_n_shares_join_and_more_do_too(secret: bytes, threshold: int, spare: int) -> None:
    made = shares.split(secret, threshold, threshold + spare)
    for chosen in list(combinations(made, threshold))[:12]:
        assert shares.join({number: made[number] for number in chosen}) == secret
    assert shares.join(made) == secret


def test_fewer_shares_say_nothing() -> None:
    """With one share fewer every secret is still possible: for each there is one missing share that gives it."""
    made = shares.split(b"\x2a", 3, 3)
    possible = {shares.join({1: made[1], 2: made[2], 3: bytes([guess])}) for guess in range(256)}
    assert len(possible) == 256


@pytest.mark.parametrize(("threshold", "count"), [(1, 3), (4, 3), (2, 256), (0, 0)])
def test_shares_that_protect_nothing_are_not_made(threshold: int, count: int) -> None:
    with pytest.raises(ValueError, match="at least two"):
        shares.split(KEY, threshold, count)


def test_a_box_opens_for_its_key_and_its_context_only() -> None:
    private, public = boxes.new_pair()
    other, _public = boxes.new_pair()
    box = boxes.close_for(public, KEY, b"seal 1")
    assert boxes.open_with(private, box, b"seal 1") == KEY
    assert boxes.close_for(public, KEY, b"seal 1") != box
    for wrong in (
        (other, box, b"seal 1"),
        (private, box, b"seal 2"),
        (private, box[:-1] + b"\0", b"seal 1"),
        (private, b"", b"seal 1"),
    ):
        with pytest.raises(boxes.WrongKey):
            boxes.open_with(*wrong)


def test_every_bit_of_a_box_counts() -> None:
    private, public = boxes.new_pair()
    box = boxes.close_for(public, KEY, CONTEXT)
    for at in range(len(box)):
        with pytest.raises(boxes.WrongKey):
            boxes.open_with(private, box[:at] + bytes([box[at] ^ 1]) + box[at + 1 :], CONTEXT)


def test_a_private_half_comes_back_by_passphrase_or_code_and_by_nothing_else() -> None:
    private, public = boxes.new_pair()
    code = boxes.new_recovery_code()
    locked = boxes.lock(private, public, "Straße zum Hafen", code, 10)
    assert boxes.unlock(locked, "Straße zum Hafen") == private
    assert boxes.recover(locked, code.lower().replace("-", " ")) == private
    for wrong in ("", "strasse zum Hafen", code):
        with pytest.raises(boxes.WrongKey):
            boxes.unlock(locked, wrong)
    with pytest.raises(boxes.WrongKey):
        boxes.recover(locked, boxes.new_recovery_code())
    stored = locked.salt + locked.by_passphrase + locked.by_recovery
    assert private not in stored


def sealed(plain: bytes, piece: int = 16) -> bytes:
    return b"".join(stream.lock(KEY, CONTEXT, iter([plain]), piece=piece))


def read(data: bytes, key: bytes = KEY, context: bytes = CONTEXT) -> bytes:
    return b"".join(stream.unlock(key, context, io.BytesIO(data)))


@given(st.lists(st.binary(max_size=50), max_size=8), st.integers(1, 40))
@settings(max_examples=100, deadline=None)
def test_a_stream_gives_back_what_went_in_however_it_was_cut(chunks: list[bytes], piece: int) -> None:
    data = b"".join(stream.lock(KEY, CONTEXT, iter(chunks), piece=piece))
    assert read(data) == b"".join(chunks)


@given(st.binary(min_size=40, max_size=120), st.data())
@settings(max_examples=60, deadline=None)
def test_a_changed_bit_anywhere_is_refused(plain: bytes, data: st.DataObject) -> None:
    locked = bytearray(sealed(plain))
    at = data.draw(st.integers(0, len(locked) * 8 - 1))
    locked[at // 8] ^= 1 << at % 8
    with pytest.raises(stream.Damaged):
        read(bytes(locked))


def test_cut_reordered_doubled_and_dropped_pieces_are_refused_and_named() -> None:
    whole = sealed(bytes(range(64)))  # four pieces of 16
    head, body = whole[: stream.HEADER], whole[stream.HEADER :]
    one, two, three, four = (body[at : at + 32] for at in range(0, 128, 32))
    with pytest.raises(stream.Damaged, match="cut short after piece 3"):
        read(head + one + two + three)
    with pytest.raises(stream.Damaged, match="cut short after piece 2"):
        read(head + one + two)
    for pieces, where in (
        ((one, three, two, four), 2), ((one, one, two, three, four), 2), ((two, three, four), 1),
        ((one, two, four), 3), ((one, two, three, four, four), 4), ((one, two, three, four[:-1]), 4),
    ):  # fmt: skip
        with pytest.raises(stream.Damaged, match=f"piece {where} was changed, moved or left out"):
            read(head + b"".join(pieces))
    with pytest.raises(stream.Damaged, match="not sealed content"):
        read(head[:20])
    for key, context in ((bytes(32), CONTEXT), (KEY, b"E-2/ab")):
        with pytest.raises(stream.Damaged):
            read(whole, key, context)


def test_memory_stays_flat() -> None:
    """Two pieces at most are held: a piece comes out before the third goes in."""
    asked: list[int] = []

    def source() -> object:
        for number in range(100):
            asked.append(number)
            yield bytes(stream.PIECE)

    given_out = 0
    for given_out, _locked in enumerate(stream.lock(KEY, CONTEXT, source())):  # type: ignore[arg-type]
        assert len(asked) - given_out <= 2
    assert given_out == 100
