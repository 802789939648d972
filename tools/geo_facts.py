"""Reading of the researched tables, properties a fact calls unverified, how sure it is."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

Fact = dict[str, str]
Row = dict[str, "str | float | bool | None"]

KEY_COLUMNS = {
    "air_permits.csv": "site_id",
    "federal_sites.csv": "site_id",
    "site_status.csv": "site_id",
    "grid_zones.csv": "zone",
    "plants_status.csv": "plant_id",
    "restarts.csv": "plant_id",
    "timelines.csv": "activity",
    "technologies.csv": "technology",
    "smr_designs.csv": "design_id",
    "workload.csv": "segment",
}

SECOND_HAND = (
    "ai-coded",
    "ai-compiled",
    "ai-written",
    "as carried by",
    "as quoted in",
    "brownfield-opportunities",
    "citing",
    "digests",
    "from memory",
    "general knowledge",
    "landing page",
    "machine-compiled",
    "not opened",
    "not read",
    "relay",
    "unopened",
    "unverified",
)
"""Words by which a source or note tells that a machine compiled it, or that the page itself was not opened."""


def is_second_hand(*texts: str) -> bool:
    """Whether a source, or what is said of it, rests on pages that nobody has opened."""
    return any(word in text.lower() for text in texts for word in SECOND_HAND)


def capped(confidence: str, *texts: str) -> str:
    """The confidence of a fact in the product: low where its source is second-hand."""
    return "low" if is_second_hand(*texts) else confidence


def read_facts(folder: Path, name: str) -> dict[str, Fact]:
    """Rows of a facts table by key, sorted; of several rows with one key the first counts."""
    key = KEY_COLUMNS[name]
    found: dict[str, Fact] = {}
    with (folder / name).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row[key], row)
    return dict(sorted(found.items()))


def read_rows(folder: Path, name: str) -> list[Fact]:
    """All rows of a facts table, as they stand."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def optional(fact: Fact, column: str) -> float | None:
    """A number, or None where the fact is blank."""
    text = fact[column].strip()
    return float(text) if text else None


def required(fact: Fact, column: str) -> float:
    """A number that must be there."""
    value = optional(fact, column)
    if value is None:
        raise ValueError(
            f"{column} is blank in the row that starts with {next(iter(fact.values()))}"
        )
    return value


def typical(timelines: Mapping[str, Fact], activity: str) -> float:
    """The typical value of an activity in the timelines."""
    return required(timelines[activity], "typical")


def joined(names: Iterable[str]) -> str:
    """A sorted list of property names without repeats."""
    return ";".join(sorted(set(names)))


def unverified(text: str, properties: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Shipped properties behind a list of unverified cells; a cell that is not known is an error."""
    names: list[str] = []
    for part in re.sub(r"\([^)]*\)", "", text).split(";"):
        cell = part.split(":")[0].strip()
        names += properties[cell] if cell else ()
    return names
