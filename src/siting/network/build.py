"""From the tables of any reader to a checked network: everything wrong at once, repairs counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from siting.core.errors import InputError, Issue
from siting.core.magnitude import LEAST, MOST
from siting.core.wording import IDENTIFIER, TEXT
from siting.network.case import Branches, Buses, Cost, Generators, Network

if TYPE_CHECKING:
    import pandas

ANGLES = ["angle_min_deg", "angle_max_deg"]
SHOWN = 8
"""Rows named for one fault; the rest are counted."""
MAX_NAME = 100
BEYOND, SIZES = "a number beyond reason", f"at most {MOST:g} in size"


@dataclass(frozen=True)
class RawCase:
    """A case as a reader found it.

    Attributes:
        buses: id, title, base_kv, load_mw, longitude, latitude, is_reference, is_on.
        branches: id (empty to have one made), from, to, x_pu, tap (0 or 1 for a line), shift_deg,
            rating_mw (0 for unlimited), is_on; angle_min_deg and angle_max_deg where the layout has
            limits of angle differences (infinite where a branch has none).
        generators: id, bus, min_mw, max_mw, is_on.
        costs: one a generator, or empty. notes: what the reader left out.
    """

    name: str
    base_mva: float
    buses: pandas.DataFrame
    branches: pandas.DataFrame
    generators: pandas.DataFrame
    costs: tuple[Cost, ...] = ()
    notes: tuple[str, ...] = ()


def build_network(raw: RawCase) -> Network:
    """Check a case and keep what is in service.

    Raises:
        InputError: every bus, branch and generator that cannot be right.
    """
    issues = [*_check_buses(raw), *_check_branches(raw), *_check_generators(raw)]
    if not LEAST <= raw.base_mva <= MOST:
        expected = f"a positive base, at most {MOST:g}"
        issues.append(Issue(raw.name, f"a base of {raw.base_mva} MVA", expected, ""))
    if issues:
        raise InputError(issues)
    notes = list(raw.notes)
    buses = raw.buses[raw.buses.is_on]
    _count(notes, len(raw.buses) - len(buses), "bus", "marked as isolated is left out")
    known = {name: i for i, name in enumerate(buses.id)}
    branches = _in_service(raw.branches, ("from", "to"), known, notes, "branch")
    is_kept = _is_kept(raw.generators, ("bus",), known)
    generators = _in_service(raw.generators, ("bus",), known, notes, "generator")
    costs = (
        tuple(c for c, kept in zip(raw.costs, is_kept, strict=True) if kept) if raw.costs else ()
    )
    _note_oddities(raw, branches, notes)
    network = Network(
        raw.name,
        float(raw.base_mva),
        _buses(buses),
        _branches(branches, known, raw.base_mva),
        _generators(generators, known, costs),
    )
    return replace(network, notes=(*notes, *_note_islands(network)))


def _check_buses(raw: RawCase) -> list[Issue]:
    """Ids once each, numbers that are numbers."""
    buses = raw.buses
    if not len(buses):
        return [Issue(raw.name, "no buses", "at least one bus", "Check the file")]
    repeated = [name for name, count in Counter(buses.id).items() if count > 1]
    issues = _named(raw, "bus", repeated, "stands more than once", "each bus once", "Remove one")
    odd = [name for name in buses.id if not re.fullmatch(IDENTIFIER, name)]
    what = "is no id that a scenario can name"
    issues += _named(raw, "bus", odd, what, "letters, digits, . _ and -", "Rename it")
    wrong = ~np.isfinite(buses[["base_kv", "load_mw"]].to_numpy(float)).all(axis=1)
    issues += _rows(
        raw, "bus", buses[wrong].id, "a load or voltage that is not a number", "numbers"
    )
    wrong = _is_beyond(buses[["base_kv", "load_mw"]].to_numpy(float))
    issues += _rows(raw, "bus", buses[wrong].id, BEYOND, SIZES)
    wrong = buses.base_kv.to_numpy(float) < 0
    return issues + _rows(raw, "bus", buses[wrong].id, "a negative voltage", "kV")


def _check_branches(raw: RawCase) -> list[Issue]:
    """Ends that exist, a reactance, a rating; each id once."""
    all_branches, known = _with_angles(raw.branches), set(raw.buses.id)
    names = _names(all_branches)
    counts = Counter(all_branches.id[all_branches.id != ""])
    repeated = [name for name, count in counts.items() if count > 1]
    odd = [repr(name[:60]) for name in all_branches.id if not _is_text(name)]
    second = "Remove one, or rename it if it is a second circuit"
    issues = [
        *_named(raw, "branch", repeated, "stands more than once", "each branch once", second),
        *_named(raw, "branch", odd, "is no plain text", "printable text", "Rename it"),
    ]
    on = all_branches.is_on.to_numpy(bool)
    numbers = all_branches[["x_pu", "tap", "shift_deg", "rating_mw"]].to_numpy(float)
    finite = np.isfinite(numbers[:, :3]).all(axis=1) & ~np.isnan(numbers[:, 3])
    ends = all_branches["from"].isin(known) & all_branches["to"].isin(known)
    loops = (all_branches["from"] == all_branches["to"]).to_numpy(bool)
    checks = (
        (
            ~ends.to_numpy(bool),
            "an end at a bus that is not in the case",
            "known buses",
            "Correct it",
        ),
        (
            ~finite,
            "an impedance, tap, shift or rating that is not a number",
            "numbers",
            "Correct it",
        ),
        (
            on & (np.abs(numbers[:, 0]) < LEAST),
            "a reactance of zero",
            "a reactance other than 0, since flows divide by it",
            "Merge its two buses, or give it a small reactance such as 0.0001",
        ),
        (_is_beyond(numbers), BEYOND, SIZES, "Correct it"),
        (
            numbers[:, 1] < 0,
            "a negative tap ratio",
            "0 for a line, else a ratio near 1",
            "Correct it",
        ),
        (
            numbers[:, 3] < 0,
            "a negative rating",
            "MW, or 0 for unlimited",
            "Correct the sign, or write 0 for unlimited",
        ),
        (
            np.isnan(all_branches[ANGLES].to_numpy(float)).any(axis=1)
            | (all_branches.angle_min_deg > all_branches.angle_max_deg).to_numpy(bool),
            "angle limits that are not numbers in order",
            "the least angle difference at or below the most",
            "Correct them, or leave both out for unlimited",
        ),
        (loops, "both ends at one bus", "two buses", "Remove it"),
    )
    for wrong, what, expected, fix in checks:
        issues += _rows(raw, "branch", names[wrong], what, expected, fix)
    return issues


def _check_generators(raw: RawCase) -> list[Issue]:
    """Buses that exist, limits in order; no loads in disguise."""
    generators = raw.generators
    on = generators.is_on.to_numpy(bool)
    odd = np.array([not _is_text(name) for name in generators.id], bool)
    least, most = generators.min_mw.to_numpy(float), generators.max_mw.to_numpy(float)
    finite = np.isfinite(least) & np.isfinite(most)
    checks = (
        (odd, "a name that is no plain text", "printable text", "Rename it"),
        (
            ~generators.bus.isin(set(raw.buses.id)).to_numpy(bool),
            "a bus that is not in the case",
            "a known bus",
            "Correct it",
        ),
        (~finite, "a limit that is not a finite number", "finite MW", "State Pmin and Pmax"),
        (_is_beyond(np.column_stack([least, most])), BEYOND, SIZES, "Correct it"),
        (finite & (least > most), "a least output above the most", "Pmin <= Pmax", "Correct it"),
        (
            on & finite & (least < most) & (most <= 0),
            "a negative output only, which makes it a dispatchable load",
            "generators; loads stand at buses",
            "Move it to the load of its bus",
        ),
    )
    issues: list[Issue] = []
    for wrong, what, expected, fix in checks:
        issues += _rows(raw, "generator", generators.id[wrong], what, expected, fix)
    return issues


def _is_beyond(numbers: np.ndarray) -> np.ndarray:
    """Rows with a finite number larger than any that a planner means."""
    size = np.abs(numbers)
    return np.asarray((np.isfinite(size) & (size > MOST)).any(axis=1))


def _is_text(name: str) -> bool:
    """Whether a name is short and printable."""
    return len(name) <= MAX_NAME and re.fullmatch(TEXT, name) is not None


def _rows(
    raw: RawCase,
    kind: str,
    ids: Sequence[str] | pandas.Series,
    what: str,
    expected: str,
    fix: str = "",
) -> list[Issue]:
    """An issue for each of the first rows with a fault, and one that counts the others."""
    return _named(raw, kind, list(ids), f"has {what}", expected, fix)


def _named(
    raw: RawCase, kind: str, ids: Sequence[str], what: str, expected: str, fix: str
) -> list[Issue]:
    """The same with any verb."""
    issues = [Issue(f"{raw.name}: {kind} {name}", what, expected, fix) for name in ids[:SHOWN]]
    if len(ids) > SHOWN:
        rest = f"{len(ids) - SHOWN} more like it"
        issues.append(Issue(f"{raw.name}: {kind}", rest, expected, fix))
    return issues


def _is_kept(frame: pandas.DataFrame, ends: Sequence[str], known: dict[str, int]) -> np.ndarray:
    """Whether each row is in service at buses that are."""
    kept = frame.is_on.to_numpy(bool)
    for end in ends:
        kept = kept & frame[end].isin(known).to_numpy(bool)
    return np.asarray(kept)


def _in_service(
    frame: pandas.DataFrame, ends: Sequence[str], known: dict[str, int], notes: list[str], kind: str
) -> pandas.DataFrame:
    """Rows in service; the others are counted."""
    kept = _is_kept(frame, ends, known)
    _count(notes, int((~kept).sum()), kind, "out of service is left out")
    return frame.assign(name=_names(frame) if kind == "branch" else frame.id)[kept]


def _names(branches: pandas.DataFrame) -> pandas.Series:
    """Ids of branches; ``FROM-TO`` where there is none, numbered where several are parallel."""
    plain = branches["from"].astype(str) + "-" + branches["to"].astype(str)
    circuit = plain.groupby(plain).cumcount() + 1
    size = plain.map(plain.value_counts())
    made = plain.where(size == 1, plain + "-" + circuit.astype(str))
    return branches.id.where(branches.id != "", made)


def _note_oddities(raw: RawCase, branches: pandas.DataFrame, notes: list[str]) -> None:
    """Count what is kept but unusual."""
    fields = ["from", "to", "x_pu", "tap", "shift_deg", "rating_mw"]
    _count(
        notes, int(branches.duplicated(fields).sum()), "branch",
        "equal to another is kept as a parallel circuit",
    )  # fmt: skip
    _count(notes, int((branches.x_pu < 0).sum()), "branch", "with negative reactance is kept")
    if not raw.buses.is_reference.any():
        notes.append("no reference bus is named; the first bus of each island serves as one")


def _note_islands(network: Network) -> list[str]:
    """Say that a network falls apart."""
    sizes = np.bincount(network.island)
    if len(sizes) == 1:
        return []
    alone = int((sizes == 1).sum())
    single = f", {alone} of them single buses" if alone else ""
    return [f"the network falls into {len(sizes)} islands{single}; each balances by itself"]


def _count(notes: list[str], count: int, thing: str, what: str) -> None:
    """A note with a count, if there is anything to count."""
    if count == 1:
        notes.append(f"1 {thing} {what}")
    elif count:
        plural = thing + ("es" if thing.endswith(("s", "ch")) else "s")
        notes.append(f"{count} {plural} {what.replace(' is ', ' are ')}")


def _buses(frame: pandas.DataFrame) -> Buses:
    """Buses from their table."""
    return Buses(
        ids=tuple(frame.id),
        titles=tuple(title if _is_text(title) else "" for title in frame.title),
        base_kv=frame.base_kv.to_numpy(float),
        load_mw=frame.load_mw.to_numpy(float),
        longitude=frame.longitude.to_numpy(float),
        latitude=frame.latitude.to_numpy(float),
        reference=tuple(int(i) for i in np.flatnonzero(frame.is_reference)),
    )


def _branches(frame: pandas.DataFrame, known: dict[str, int], base_mva: float) -> Branches:
    """Branches from their table; a rating of 0 is none, a tap of 0 is a line."""
    frame = _with_angles(frame)
    tap = np.where(frame.tap == 0, 1.0, frame.tap).astype(float)
    rating = frame.rating_mw.to_numpy(float)
    return Branches(
        ids=tuple(frame["name"]),
        from_bus=frame["from"].map(known).to_numpy(int),
        to_bus=frame["to"].map(known).to_numpy(int),
        susceptance_mw=base_mva / (frame.x_pu.to_numpy(float) * tap),
        shift_rad=np.radians(frame.shift_deg.to_numpy(float)),
        rating_mw=np.where(rating == 0, np.inf, rating),
        least_rad=np.radians(frame.angle_min_deg.to_numpy(float)),
        most_rad=np.radians(frame.angle_max_deg.to_numpy(float)),
    )


def _with_angles(branches: pandas.DataFrame) -> pandas.DataFrame:
    """Branches with limits of angle differences, infinite where the layout has none."""
    missing = {name: sign * np.inf for name, sign in zip(ANGLES, (-1, 1), strict=True)}
    return branches.assign(**{k: v for k, v in missing.items() if k not in branches})


def _generators(
    frame: pandas.DataFrame, known: dict[str, int], costs: tuple[Cost, ...]
) -> Generators:
    """Generators from their table."""
    return Generators(
        ids=tuple(frame["name"]),
        bus=frame.bus.map(known).to_numpy(int),
        min_mw=frame.min_mw.to_numpy(float),
        max_mw=frame.max_mw.to_numpy(float),
        costs=costs,
    )
