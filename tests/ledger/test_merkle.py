"""The tree is the one of RFC 6962, and others' code agrees.

`pymerkle` is the implementation nobody here wrote. (`sigstore` cannot be installed from a list of hashes beside the rest:
one of its parts asks for an extra of a package that pip then finds without a hash.)
"""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree, verify_consistency, verify_inclusion

from ledger import merkle
from ledger.merkle import BadProof, check_consistency, check_inclusion, in_memory, leaf_hash

pytestmark = pytest.mark.duty("PUB-4")

# The eight leaves of the reference implementation of certificate transparency, and its roots over the first n of them.
REFERENCE = [bytes.fromhex(leaf) for leaf in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
SIZES = st.integers(1, 700)  # past two tiles


def leaves(count: int) -> list[bytes]:
    return [str(number).encode() for number in range(count)]


def tree_of(count: int) -> merkle.Tree:
    return in_memory(leaf_hash(data) for data in leaves(count))


@pytest.mark.parametrize("size", ROOTS)
def test_roots_of_the_reference_implementation(size: int) -> None:
    assert in_memory(leaf_hash(data) for data in REFERENCE[:size]).root().hex() == ROOTS[size]


def test_an_empty_tree_has_the_hash_of_nothing() -> None:
    assert in_memory([]).root() == hashlib.sha256(b"").digest()


def theirs(count: int) -> InmemoryTree:
    tree = InmemoryTree(algorithm="sha256")
    for data in leaves(count):
        tree.append_entry(data)
    return tree


@settings(max_examples=25, deadline=None)
@given(size=SIZES, data=st.data())
def test_another_implementation_has_the_same_roots_and_accepts_the_same_proofs(size: int, data: st.DataObject) -> None:
    ours, other = tree_of(size), theirs(size)
    assert other.get_root() == ours.root()
    index = data.draw(st.integers(0, size - 1))
    proof = other.prove_inclusion(index + 1)
    verify_inclusion(leaf_hash(leaves(size)[index]), other.get_root(), proof)
    assert [bytes.fromhex(step) if isinstance(step, str) else bytes(step) for step in proof.serialize()["path"]][
        1:
    ] == ours.inclusion(index)
    old = data.draw(st.integers(1, size))
    verify_consistency(theirs(old).get_root(), ours.root(), other.prove_consistency(old, size))
    check_consistency(old, size, tree_of(old).root(), ours.root(), ours.consistency(old))


@settings(max_examples=60, deadline=None)
@given(size=SIZES, data=st.data())
def test_every_proof_holds_and_no_other_does(size: int, data: st.DataObject) -> None:
    tree = tree_of(size)
    index = data.draw(st.integers(0, size - 1))
    path, leaf, root = tree.inclusion(index), leaf_hash(leaves(size)[index]), tree.root()
    check_inclusion(leaf, index, size, path, root)
    wrong = [
        (leaf_hash(b"another"), index, size, path, root),
        (leaf, index, size, path, bytes(32)),
        (leaf, index, size, [*path, leaf], root),
    ]
    if path:
        wrong += [(leaf, index, size, path[:-1], root), (leaf, index, size, [bytes(32), *path[1:]], root)]
    if size > 1:
        wrong.append((leaf, (index + 1) % size, size, path, root))
    for case in wrong:
        with pytest.raises(BadProof):
            check_inclusion(*case)
    old = data.draw(st.integers(1, size))
    proof, old_root = tree.consistency(old), tree.root(old)
    check_consistency(old, size, old_root, root, proof)
    for other in [
        (old, size, bytes(32), root, proof),
        (old, size, old_root, bytes(32), proof),
        (old, size, old_root, root, [*proof, root]),
    ]:
        with pytest.raises(BadProof):
            check_consistency(*other)


@given(size=SIZES)
@settings(max_examples=30, deadline=None)
def test_leaf_by_leaf_gives_the_same_root(size: int) -> None:
    growing = merkle.Growing()
    for data in leaves(size):
        growing.add(leaf_hash(data))
    assert (growing.size, growing.root()) == (size, tree_of(size).root())


def test_a_tile_that_is_too_short_is_no_tree() -> None:
    with pytest.raises(BadProof):
        merkle.Tree(5, lambda level, index, width: bytes(32)).root()
