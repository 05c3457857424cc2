"""Landing: files as sent become text in schema ``raw``, and nothing else.

``contracts`` says what files look like, ``recognition`` tells which table a file holds,
``readers`` turn a file into rows of text, ``layouts`` turn those rows into raw tables,
``manifest`` keeps what was delivered and its fate, ``engine`` does all of it for each new
file in one transaction. Typing, checking values and deciding what counts happens later, in
``dbt_project`` and ``expectations``.
"""

from orchestration.landing.contracts import Contract, ContractError, contract_for, load_contracts
from orchestration.landing.engine import LandingOptions, land
from orchestration.landing.manifest import (
    DeliveryError,
    RowChange,
    confirm,
    delivery_changes,
    prepare_raw,
    withdraw,
)
from orchestration.landing.outcome import Delivery, LandingSummary

__all__ = [
    "Contract",
    "ContractError",
    "Delivery",
    "DeliveryError",
    "LandingOptions",
    "LandingSummary",
    "RowChange",
    "confirm",
    "contract_for",
    "delivery_changes",
    "land",
    "load_contracts",
    "prepare_raw",
    "withdraw",
]
