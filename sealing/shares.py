"""A secret in M shares of which any N give it back and any N-1 say nothing (Shamir, CACM 22:11, 1979). Pure.

Each byte of the secret is the constant term of a random polynomial of degree N-1 over GF(256), the field of FIPS 197
(x^8 + x^4 + x^3 + x + 1); share number i is its value at i. Ours because `cryptography` has none; small so that it can be
read whole (docs/decisions, sealing). Who puts a wrong share in gets a wrong secret: whoever joins checks what comes out.
"""

import secrets
from collections.abc import Mapping

MOST = 255


def multiply(one: int, other: int) -> int:
    """The product in GF(256), without branches or tables that depend on the values (FIPS 197, 4.2)."""
    product = 0
    for _bit in range(8):
        product ^= one * (other & 1)
        one = (one << 1) ^ (0x11B * (one >> 7))
        other >>= 1
    return product


def inverse(value: int) -> int:
    """The other factor of 1: value^254; 0 for 0."""
    result = value
    for _step in range(6):
        result = multiply(multiply(result, result), value)
    return multiply(result, result)


def split(secret: bytes, threshold: int, count: int) -> dict[int, bytes]:
    """`count` shares by number from 1 on; any `threshold` of them give the secret back."""
    if not 2 <= threshold <= count <= MOST:
        raise ValueError("at least two of at most 255")
    # One random byte string for each power of x; together with the secret the coefficients of every byte's polynomial.
    powers = [secret, *(secrets.token_bytes(len(secret)) for _power in range(threshold - 1))]
    return {number: value_at(powers, number) for number in range(1, count + 1)}


def value_at(powers: list[bytes], number: int) -> bytes:
    """Every byte's polynomial at `number` (Horner)."""
    value = bytearray(len(powers[0]))
    for coefficients in reversed(powers):
        value = bytearray(multiply(byte, number) ^ added for byte, added in zip(value, coefficients, strict=True))
    return bytes(value)


def join(shares: Mapping[int, bytes]) -> bytes:
    """The secret from at least as many shares as its threshold: Lagrange's interpolation at 0."""
    if len({len(share) for share in shares.values()}) != 1 or not all(1 <= number <= MOST for number in shares):
        raise ValueError("shares of one secret have one length and numbers from 1 to 255")
    secret = bytearray(len(next(iter(shares.values()))))
    for number, share in shares.items():
        weight = 1
        for other in shares:
            if other != number:
                weight = multiply(weight, multiply(other, inverse(other ^ number)))
        secret = bytearray(byte ^ multiply(part, weight) for byte, part in zip(secret, share, strict=True))
    return bytes(secret)
