"""The Merkle tree of RFC 6962 (the same as RFC 9162, 2.1): roots, proofs and their verification. Pure, standard library only.

A tree is read through its tiles (C2SP tlog-tiles): 256 hashes of one level each, so that a proof needs a few reads whatever
the size. `read(level, index, width)` answers `width` hashes of tile `index` at `level`, one after the other; level 0 are leaf
hashes, and each hash at level L+1 is the root over one full tile at level L.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence

HASH = 32
TILE_HEIGHT = 8
TILE = 2**TILE_HEIGHT
EMPTY = hashlib.sha256(b"").digest()

Read = Callable[[int, int, int], bytes]


class BadProof(ValueError):
    """The proof does not show what it is said to show."""


def leaf_hash(data: bytes) -> bytes:
    """MTH({d}) = SHA-256(0x00 ‖ d)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(count: int) -> int:
    """The largest power of two smaller than `count`: where the tree over so many leaves divides."""
    return 1 << (count - 1).bit_length() - 1


def full_root(row: list[bytes]) -> bytes:
    """The root over a full row of hashes, a power of two of them."""
    while len(row) > 1:
        row = [node_hash(left, right) for left, right in zip(row[::2], row[1::2], strict=True)]
    return row[0]


class Tree:
    """A tree of a stated size, read through its tiles."""

    def __init__(self, size: int, read: Read) -> None:
        self.size = size
        self._read = read
        self._tiles: dict[tuple[int, int], bytes] = {}

    def tile(self, level: int, index: int) -> bytes:
        """As much of a tile as a tree of this size has."""
        if (level, index) not in self._tiles:
            width = min(TILE, (self.size >> TILE_HEIGHT * level) - index * TILE)
            data = self._read(level, index, width)
            if len(data) != width * HASH:
                raise BadProof(f"tile {level}/{index} has {len(data) // HASH} hashes and not {width}")
            self._tiles[level, index] = data
        return self._tiles[level, index]

    def node(self, height: int, index: int) -> bytes:
        """The root over leaves [index·2^height, (index+1)·2^height), all of which exist."""
        level, rest = divmod(height, TILE_HEIGHT)
        first = index << rest
        data = self.tile(level, first // TILE)
        at = first % TILE * HASH
        return full_root([data[at + n * HASH : at + (n + 1) * HASH] for n in range(1 << rest)])

    def over(self, start: int, end: int) -> bytes:
        """MTH(D[start:end]), as it occurs inside the tree."""
        count = end - start
        if count == 0:
            return EMPTY
        if count & (count - 1) == 0 and start % count == 0:
            return self.node(count.bit_length() - 1, start // count)
        middle = start + split(count)
        return node_hash(self.over(start, middle), self.over(middle, end))

    def root(self, size: int | None = None) -> bytes:
        """The root, now or at an earlier size."""
        return self.over(0, self.size if size is None else size)

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """PATH(index, D[size]) (RFC 6962, 2.1.1): what leads from a leaf to the root."""
        size = self.size if size is None else size
        if not 0 <= index < size <= self.size:
            raise BadProof("there is no such leaf in a tree of this size")
        path, start, end = [], 0, size
        while end - start > 1:
            middle = start + split(end - start)
            if index < middle:
                path.append(self.over(middle, end))
                end = middle
            else:
                path.append(self.over(start, middle))
                start = middle
        return path[::-1]

    def consistency(self, old: int, size: int | None = None) -> list[bytes]:
        """PROOF(old, D[size]) (RFC 6962, 2.1.2): that the tree of size `old` is the beginning of this one."""
        size = self.size if size is None else size
        if not 0 < old <= size <= self.size:
            raise BadProof("there is no proof between these sizes")
        proof: list[bytes] = []
        start, end, whole = 0, size, True
        while old != end:
            middle = start + split(end - start)
            if old <= middle:
                proof.append(self.over(middle, end))
                end = middle
            else:
                proof.append(self.over(start, middle))
                start, whole = middle, False
        if not whole:
            proof.append(self.over(start, end))
        return proof[::-1]


def root_from_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root this path leads to from the leaf hash (RFC 9162, 2.1.3.2); raises BadProof when it has another length."""
    if not 0 <= index < size:
        raise BadProof("there is no such leaf in a tree of this size")
    node, last, result = index, size - 1, leaf
    for step in path:
        if last == 0:
            raise BadProof("the path is too long")
        if node & 1 or node == last:
            result = node_hash(step, result)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            result = node_hash(result, step)
        node, last = node >> 1, last >> 1
    if last:
        raise BadProof("the path is too short")
    return result


def check_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Raises BadProof unless the leaf stands at `index` of the tree with this size and root."""
    if root_from_inclusion(leaf, index, size, path) != root:
        raise BadProof("the path leads to another root")


def check_consistency(old: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]) -> None:
    """Raises BadProof unless the tree of size `old` is the beginning of the other (RFC 9162, 2.1.4.2)."""
    if not 0 < old <= size:
        raise BadProof("there is no proof between these sizes")
    if old == size:
        if proof or old_root != root:
            raise BadProof("two trees of one size differ")
        return
    steps = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not steps:
        raise BadProof("the proof is too short")
    node, last = old - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise BadProof("the proof is too long")
        if node & 1 or node == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, step)
        node, last = node >> 1, last >> 1
    if last:
        raise BadProof("the proof is too short")
    if first != old_root:
        raise BadProof("the proof leads to another earlier root")
    if second != root:
        raise BadProof("the proof leads to another root")


class Growing:
    """A root computed leaf by leaf with a handful of hashes in memory: for whoever recomputes a whole tree."""

    def __init__(self) -> None:
        self.size = 0
        self._complete: list[tuple[int, bytes]] = []  # (height, hash), from the highest

    def add(self, leaf: bytes) -> None:
        """One more leaf hash at the end."""
        height, node = 0, leaf
        while self._complete and self._complete[-1][0] == height:
            node = node_hash(self._complete.pop()[1], node)
            height += 1
        self._complete.append((height, node))
        self.size += 1

    def root(self) -> bytes:
        """The root as it is now."""
        if not self._complete:
            return EMPTY
        hashes: Iterator[bytes] = (node for _height, node in reversed(self._complete))
        result = next(hashes)
        for node in hashes:
            result = node_hash(node, result)
        return result


def in_memory(leaves: Iterable[bytes]) -> Tree:
    """A tree over leaf hashes one has at hand; for tests and for checking small logs."""
    levels = [list(leaves)]
    size = len(levels[0])
    while len(levels[-1]) >= TILE:
        lower = levels[-1]
        levels.append([full_root(lower[at : at + TILE]) for at in range(0, len(lower) - TILE + 1, TILE)])
    return Tree(size, lambda level, index, width: b"".join(levels[level][index * TILE : index * TILE + width]))
