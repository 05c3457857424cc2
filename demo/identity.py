"""Identifiers that look like people's and cannot be anybody's.

Child numbers start with ``DEMO``; unique pupil numbers are those of schools numbered below 1000,
which no school in England is, with the letter that goes with their digits;
postcodes lie in the area ``ZZ``, which Royal Mail has never had (the health service uses ``ZZ99``
for no fixed abode; we stay below it); provider numbers start with
``ZZ``, which no register uses. There are no names.
"""

import datetime as dt
import random

import numpy as np
from numpy.typing import NDArray

_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_POSTCODE_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"


def child_id(la_code: str, number: int) -> str:
    """A local identifier: letters and digits only, and no council's own."""
    return f"DEMO{la_code}{number:05d}"


def upn(la_code: str, born: dt.date, number: int) -> str:
    """A pupil number of a school that cannot be, so that no pupil has it."""
    school = number // 1000 % 1000
    digits = f"{la_code}{school:04d}{(born.year + 5) % 100:02d}{number % 1000:03d}"
    right = sum(weight * int(digit) for weight, digit in enumerate(digits, start=2))
    return _UPN_LETTERS[right % len(_UPN_LETTERS)] + digits


def upns(la_code: str, born: NDArray[np.int64], numbers: NDArray[np.int64]) -> NDArray[np.bytes_]:
    """What ``upn`` gives for many children at once, by year of birth and number."""
    parts = (
        (int(la_code), 3),
        (numbers // 1000 % 1000, 4),
        ((born + 5) % 100, 2),
        (numbers % 1000, 3),
    )
    digits = np.stack(
        [
            np.broadcast_to(np.asarray(value) // 10**place % 10, numbers.shape)
            for value, width in parts
            for place in reversed(range(width))
        ]
    )
    right = (digits * np.arange(2, len(digits) + 2)[:, None]).sum(axis=0)
    letters = np.frombuffer(_UPN_LETTERS.encode(), dtype=np.uint8)
    letter = letters[right % len(_UPN_LETTERS)]
    text = np.concatenate([letter[None, :], digits + ord("0")]).astype(np.uint8)
    return np.ascontiguousarray(text.T).view(f"S{len(text)}").ravel()


def postcode(rng: random.Random, district: int) -> str:
    """A postcode in a district of the area ZZ."""
    letters = rng.choice(_POSTCODE_LETTERS) + rng.choice(_POSTCODE_LETTERS)
    return f"ZZ{district} {rng.randint(1, 9)}{letters}"


def provider_urn(number: int) -> str:
    """A provider's reference number of the right length that no register has."""
    return f"ZZ{number:05d}"
