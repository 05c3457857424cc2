"""Identifiers that look like people's and cannot be anybody's.

Child numbers start with ``DEMO``; unique pupil numbers carry a check letter that is always wrong;
postcodes lie in the area ``ZZ``, which Royal Mail has never had (the health service uses ``ZZ99``
for no fixed abode; we stay below it); provider numbers start with
``ZZ``, which no register uses. There are no names.
"""

import datetime as dt
import random

_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_POSTCODE_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"


def child_id(la_code: str, number: int) -> str:
    """A local identifier: letters and digits only, and no council's own."""
    return f"DEMO{la_code}{number:05d}"


def upn(la_code: str, born: dt.date, number: int) -> str:
    """A pupil number whose check letter is one off the right one, so it can never be real."""
    school = 9000 + number // 1000 % 1000
    digits = f"{la_code}{school}{(born.year + 5) % 100:02d}{number % 1000:03d}"
    right = sum(weight * int(digit) for weight, digit in enumerate(digits, start=2))
    return _UPN_LETTERS[(right + 1) % len(_UPN_LETTERS)] + digits


def postcode(rng: random.Random, district: int) -> str:
    """A postcode in a district of the area ZZ."""
    letters = rng.choice(_POSTCODE_LETTERS) + rng.choice(_POSTCODE_LETTERS)
    return f"ZZ{district} {rng.randint(1, 9)}{letters}"


def provider_urn(number: int) -> str:
    """A provider's reference number of the right length that no register has."""
    return f"ZZ{number:05d}"
