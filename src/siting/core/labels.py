"""Identifiers and rows in a planner's words: plain names, and which values are estimates."""

from __future__ import annotations

from siting.core.table import Row

WEAK_NAMES = frozenset({"buildable_acres", "capacity_mw", "added_mw"})
"""Estimated values that make the size of a thing itself an estimate."""
ACRONYMS = {
    "blm": "BLM",
    "ccs": "CCS",
    "doe": "DOE",
    "dod": "DoD",
    "frac": "share",
    "it": "IT",
    "km": "km",
    "kv": "kV",
    "mva": "MVA",
    "mw": "MW",
    "mwh": "MWh",
    "om": "O&M",
    "poi": "POI",
    "pue": "PUE",
    "smr": "SMR",
    "tva": "TVA",
    "usbr": "USBR",
    "usd": "USD",
}


def words(identifier: object) -> str:
    """An identifier of a library as words."""
    parts = str(identifier or "").replace("_", " ").split()
    text = " ".join(ACRONYMS.get(part, part) for part in parts)
    return text if parts and parts[0] in ACRONYMS else text[:1].upper() + text[1:]


def estimates_of(row: Row) -> list[str]:
    """Names of the values of a row that are estimates."""
    return [name for name in str(row.get("estimated") or "").split(";") if name.strip()]


def is_weak(row: Row) -> bool:
    """Whether a thing rests on weak numbers: low confidence, or an estimated size."""
    return row.get("confidence") == "low" or bool(WEAK_NAMES & {*estimates_of(row)})
