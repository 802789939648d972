"""News: what came, when, at what price, in place of what the scenario assumed.

A facts table has a row for each item, with

    item     a class of transformers, a plant, an upgrade, a site (its connection) or a technology
    ordered  the day on which it was ordered or started; left out where that is still to come
    date     the day on which it was delivered or went into service, or is now promised to
    price    dollars in the unit of the scenario's own price: a unit, a plant, an upgrade, a kW
    note     where the news comes from

Dates of a class of transformers and of a technology hold for all that was ordered on that day, those of a
plant, an upgrade and a site for that one item; prices are those of every unit of an item. What news becomes
are numbers of the scenario, checked and audited like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel

from siting.core.errors import InputError, Issue
from siting.core.magnitude import LONGEST
from siting.core.study import Change
from siting.core.table import Cell, Table
from siting.core.units import DAYS_PER_MONTH, DAYS_PER_WEEK, MONTHS_PER_YEAR
from siting.core.warnings import listed
from siting.instance.build import Instance
from siting.replan.told import Fact

SAME_MONTHS = 0.1
"""Months of rounding to days."""
WHOLE = 1e5
"""From here on a number is shown without decimals."""
Told = Mapping[str, Any]
"""What other facts have made of numbers of the scenario, by path."""
NEWS_COLUMNS = (
    "item",
    "kind",
    "order_date",
    "expected_date",
    "date",
    "path",
    "before",
    "after",
    "note",
)


@dataclass(frozen=True)
class News:
    """A fact as changes of the scenario.

    Attributes:
        expected: when the scenario had it, where it can be told.
        changes: of numbers of the scenario.
    """

    fact: Fact
    kind: str
    expected: date | None
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Kind:
    """A kind of items that news may be of: where they stand, and what a date and a price become.

    Attributes:
        is_by_order: whether dates of several orders of one item hold beside each other.
    """

    name: str
    place: str
    price: str
    dated: Callable[[Instance, Fact, str, Told], tuple[date | None, list[Change]]]
    is_by_order: bool = False


def news_of(instance: Instance, facts: Sequence[Fact], as_of: date) -> tuple[News, ...]:
    """What the facts change in a scenario; each builds on those before it, so that the last of them that
    changes a number says it whole.

    Raises:
        InputError: items that the scenario does not have, two dates of one that comes once, a date before
            the plan begins, orders of a day on which none could be placed or that is still to come.
    """
    issues: list[Issue] = []
    found: list[News] = []
    told: dict[str, Any] = {}
    dated: dict[str, Fact] = {}
    # what holds for all orders comes before what holds for one
    for fact in sorted(facts, key=lambda one: one.ordered is not None):
        kinds = [kind for kind in KINDS if fact.item in _items(instance, kind.place)]
        if len(kinds) != 1:
            what = f"'{fact.item}' is {'no item' if not kinds else 'the name of several items'}"
            known = sorted(item for kind in KINDS for item in _items(instance, kind.place))
            issues.append(Issue(fact.where, what, f"one of {listed(known, 8)}", "Correct the name"))
            continue
        issues += _wrong_order(instance, fact, as_of)
        if fact.date is not None and dated.setdefault(fact.item, fact) is not fact:
            issues += () if kinds[0].is_by_order else [_second_date(fact, dated[fact.item])]
        if not issues:
            found.append(_news(instance, fact, kinds[0], told))
            told |= {change.path: change.set for change in found[-1].changes}
    if issues:
        raise InputError(issues)
    return tuple(found)


def _second_date(fact: Fact, first: Fact) -> Issue:
    """Another date of an item that comes once, whenever it was ordered."""
    what = f"its date stands in {first.where} too"
    return Issue(fact.where, what, "one date of an item that comes once", "Keep one of the rows")


def _wrong_order(instance: Instance, fact: Fact, as_of: date) -> Iterator[Issue]:
    """Dates before the plan; orders of no day on which a plan orders, still to come, or after they came."""
    starts = instance.system.calendar.starts
    begun = _begun(instance, fact)
    if fact.date is not None and fact.date < starts[0]:
        what = f"date {fact.date}, before the plan begins on {starts[0]}"
        fix = "Correct it; what was there before is a number of the scenario, told with --set"
        yield Issue(fact.where, what, f"a day from {starts[0]} on", fix)
    if fact.date is not None and _months(begun, fact.date) > LONGEST["months"]:
        what = (
            f"date {fact.date}, over {LONGEST['months'] / MONTHS_PER_YEAR:.0f} years after {begun}"
        )
        yield Issue(fact.where, what, "a day that can be waited for", "Correct it")
    if fact.ordered is None:
        return
    if fact.ordered >= as_of:
        what = f"ordered {fact.ordered}, which is not before {as_of}"
        yield Issue(fact.where, what, "an order that was placed", "Leave it out, or re-plan later")
    elif fact.ordered not in starts:
        near = [str(start) for start in starts if start < as_of]
        yield Issue(
            fact.where,
            f"ordered {fact.ordered}, on which no period starts",
            f"one of {near[-8:]}",
            "Name the start of the period in which it was ordered",
        )
    if fact.date is not None and fact.date < fact.ordered:
        yield Issue(
            fact.where, f"came {fact.date}, before it was ordered", "a later day", "Swap them"
        )


def _news(instance: Instance, fact: Fact, kind: Kind, told: Told) -> News:
    """A fact as changes."""
    place = f"{kind.place}.{fact.item}"
    expected: date | None = None
    changes: list[Change] = []
    if fact.date is not None:
        expected, changes = kind.dated(instance, fact, place, told)
    if fact.price is not None:
        changes.append(_set(f"{place}.{kind.price}", fact.price))
    return News(fact, kind.name, expected, tuple(changes))


def _set(path: str, value: Any) -> Change:
    """A number that is stated anew."""
    return Change(path=path, set=value, is_new=True)


def _items(instance: Instance, place: str) -> Mapping[str, Any]:
    """Items at a place of the scenario."""
    found: Any = instance.resolved
    for part in place.split("."):
        found = (found or {}).get(part)
    return found if isinstance(found, Mapping) else {}


def _begun(instance: Instance, fact: Fact) -> date:
    """When an item was ordered; what is still to come may be at the start of the horizon at the earliest."""
    return fact.ordered or instance.system.calendar.starts[0]


def _months(start: date, end: date) -> float:
    """Months that lead from one day to another, as ``core/calendar.py`` counts them."""
    whole = (end.year - start.year) * 12 + end.month - start.month
    days = end.day - start.day
    return max(0.0, whole + days / DAYS_PER_MONTH)


def _transformers(
    instance: Instance, fact: Fact, place: str, told: Told
) -> tuple[date | None, list[Change]]:
    """A row of lead times for what was ordered on that day, and the old one again from the next period on."""
    kind = instance.data["transformers"].classes.get(fact.item)
    stated = instance.scenario.families()["transformers"].classes[fact.item].lead_times
    if kind is None or fact.date is None:
        return None, []
    ordered = _begun(instance, fact)
    weeks = (fact.date - ordered).days / DAYS_PER_WEEK
    rows = _rows(told, f"{place}.lead_times", stated)
    table = _with_row(instance, fact, rows, {"weeks": weeks}, is_first_before=True)
    return kind.delivery_date(ordered), [_set(f"{place}.lead_times", table)]


def _rows(told: Told, path: str, stated: Sequence[Any]) -> list[tuple[date, dict[str, Any]]]:
    """Rows by order date, those of other facts among them."""
    if path not in told:
        return [(row.ordered_from, _row(row)) for row in stated]
    rows = [dict(row) for row in told[path]]
    return [(date.fromisoformat(row.pop("ordered_from")), row) for row in rows]


def _row(row: BaseModel) -> dict[str, Any]:
    """What a row says beside its date."""
    said: dict[str, Any] = row.model_dump(mode="json", exclude_none=True, exclude={"ordered_from"})
    return said


def _with_row(
    instance: Instance,
    fact: Fact,
    rows: Sequence[tuple[date, dict[str, Any]]],
    told: Mapping[str, Any],
    *,
    is_first_before: bool,
) -> list[dict[str, Any]]:
    """Rows by order date with one more, and the one that held before again from the next period on.

    Args:
        is_first_before: whether the first row holds before its date too.
    """
    ordered = _begun(instance, fact)
    known = dict(rows)
    later = [start for start in instance.system.calendar.starts if start > ordered]

    def holds(day: date) -> dict[str, Any] | None:
        past = [start for start in known if start <= day]
        if past:
            return known[max(past)]
        return known[min(known)] if known and is_first_before else None

    found = {**known, ordered: dict(told)}
    for day in (*later[:1], instance.system.calendar.starts[0]):
        before = holds(day)
        if fact.ordered is not None and day not in found and before is not None:
            found[day] = before
    return [{"ordered_from": str(day), **found[day]} for day in sorted(found)]


def _item(
    family: str, table: str
) -> Callable[[Instance, Fact, str, Told], tuple[date, list[Change]]]:
    """One plant or upgrade: its months, and no earlier than the day of the news."""

    def dated(instance: Instance, fact: Fact, place: str, told: Told) -> tuple[date, list[Change]]:
        record = getattr(instance.scenario.families()[family], table)[fact.item]
        begun = _begun(instance, fact)
        assert fact.date is not None
        changes = [_set(f"{place}.earliest_in_service", str(fact.date))]
        if fact.ordered is not None:
            changes.append(_set(f"{place}.lead_time_months", _months(begun, fact.date)))
        return record.ready_date(begun), changes

    return dated


def _connection(
    instance: Instance, fact: Fact, place: str, told: Told
) -> tuple[date | None, list[Change]]:
    """The connection of a site: its months."""
    assert fact.date is not None
    begun = _begun(instance, fact)
    return None, [_set(f"{place}.connection_months", _months(begun, fact.date))]


def _technology(
    instance: Instance, fact: Fact, place: str, told: Told
) -> tuple[date, list[Change]]:
    """Equipment of a technology that takes as long as leads to that day, for what was ordered then.

    Raises:
        InputError: permits and building alone take longer.
    """
    tech = instance.scenario.families()["plants"].technologies[fact.item]
    begun = _begun(instance, fact)
    assert fact.date is not None
    whole = _months(begun, fact.date)
    least = tech.permitting_months + tech.construction_months
    if whole < least - SAME_MONTHS:
        what = f"in service {whole:.1f} months after its start; permits and building take {least:g}"
        fix = "Change permitting_months or construction_months with --set"
        raise InputError([Issue(fact.where, what, "a later day", fix)])
    months = max(0.0, whole - tech.construction_months + tech.equipment_overlap_months)
    expected = tech.ready_date(begun)
    if fact.ordered is None:
        return expected, [
            _set(f"{place}.equipment_lead_months", months),
            _set(f"{place}.equipment_leads", []),
        ]
    rows = _rows(told, f"{place}.equipment_leads", tech.equipment_leads)
    first = instance.system.calendar.starts[0]
    if all(day > first for day, _ in rows):
        usual = told.get(f"{place}.equipment_lead_months", tech.equipment_lead_months)
        rows.append((first, {"months": usual}))
    table = _with_row(instance, fact, rows, {"months": months}, is_first_before=False)
    return expected, [_set(f"{place}.equipment_leads", table)]


KINDS = (
    Kind(
        "transformers",
        "components.transformers.classes",
        "overnight_usd_per_unit",
        _transformers,
        is_by_order=True,
    ),
    Kind("plant", "components.plants.named", "overnight_usd", _item("plants", "named")),
    Kind("upgrade", "components.headroom.upgrades", "overnight_usd", _item("headroom", "upgrades")),
    Kind("connection of a site", "sites", "preparation_usd", _connection),
    Kind(
        "technology",
        "components.plants.technologies",
        "overnight_usd_per_kw",
        _technology,
        is_by_order=True,
    ),
)


def news_table(before: Instance, news: Sequence[News]) -> Table:
    """One row a number that news changes, with what it was."""
    rows: list[dict[str, Cell]] = []
    for one in news:
        for change in one.changes:
            rows.append(
                {
                    "item": one.fact.item,
                    "kind": one.kind,
                    "order_date": one.fact.ordered,
                    "expected_date": one.expected,
                    "date": one.fact.date,
                    "path": change.path,
                    "before": _shown(before, change.path),
                    "after": _said(change.set),
                    "note": one.fact.note,
                }
            )
    return Table.of(NEWS_COLUMNS, rows)


def _shown(instance: Instance, path: str) -> str:
    """What a scenario states at a path; nothing where it leaves that to a default."""
    parent, _, leaf = path.rpartition(".")
    value = _items(instance, parent).get(leaf)
    return _said(value)


def _said(value: Any) -> str:
    """A number, a text, or the rows of a table, in one line."""
    if isinstance(value, list):
        return "; ".join(map(_said, value))
    if isinstance(value, Mapping):
        return " ".join(map(_said, value.values()))
    if isinstance(value, float):
        return f"{value:.6g}" if abs(value) < WHOLE else f"{value:.0f}"
    return "" if value is None else str(value)
