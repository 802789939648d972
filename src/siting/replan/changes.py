"""What a new plan does differently from the last one: kept, moved, dropped, new."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from siting.core.table import Cell, Table
from siting.replan.held import Key, Rise, States, readable

KEPT, MOVED, DROPPED, NEW, LATE = "kept", "moved", "dropped", "new", "too late"
COLUMNS = ("change", "decision", "item", "quantity", "was_date", "is_date", "is_held", "reason")
URGENT_COLUMNS = ("decision", "item", "quantity", "order_by_date", "was_date")
LEAST = 1e-6
"""Quantity that is none: the tables are read to a watt."""
AFTER = "decided before the date; comes after the horizon"
CANCELLED = "cancelled at its price"
PLACED = " at "
"""Between the parts of an item, such as a class of transformers and its site."""
PAST, NEWS, OTHER = "decided before the date", "news of", "follows from the other changes"

Match = tuple[str, float, int | None, int | None]
"""Change, quantity, and the periods in which it was and is decided."""


def matched(before: Mapping[int, float], after: Mapping[int, float]) -> Iterator[Match]:
    """What stays in its period, then what moves, first to first, then what is left over."""
    was, now = dict(before), dict(after)
    for p in sorted(set(was) & set(now)):
        same = min(was[p], now[p])
        yield KEPT, same, p, p
        was[p], now[p] = was[p] - same, now[p] - same
    left = [[p, n] for p, n in sorted(was.items()) if n > LEAST]
    more = [[p, n] for p, n in sorted(now.items()) if n > LEAST]
    while left and more:
        moved = min(left[0][1], more[0][1])
        yield MOVED, moved, int(left[0][0]), int(more[0][0])
        for rest in (left, more):
            rest[0][1] -= moved
            if rest[0][1] <= LEAST:
                rest.pop(0)
    yield from ((DROPPED, n, int(p), None) for p, n in left)
    yield from ((NEW, n, None, int(p)) for p, n in more)


def changes_table(
    before: States,
    after: States,
    starts: Sequence[date],
    periods: int,
    news: frozenset[str],
    gone: frozenset[Rise] = frozenset(),
) -> Table:
    """One row a decision, item and date.

    Args:
        periods: that start before the date of the re-plan. news: items that news is of.
        gone: what was decided and comes to nothing within the horizon.
    """
    rows: list[dict[str, Cell]] = []
    for key in sorted({*before.rises, *after.rises}, key=str):
        if key[0] in before.rented:
            continue
        for change, quantity, was, now in _matched(before, after, key, gone):
            is_past = was is not None and was < periods
            is_held = change == LATE or (now is not None and now < periods)
            rows.append(
                {
                    "change": change,
                    "decision": _decision(key),
                    "item": _item(key),
                    "quantity": quantity,
                    "was_date": None if was is None else starts[was],
                    "is_date": None if now is None else starts[now],
                    "is_held": is_held,
                    "reason": AFTER
                    if change == LATE
                    else _reason(key, change, news, is_held=is_held, is_past=is_past),
                }
            )
    order = (LATE, DROPPED, NEW, MOVED, KEPT)
    rows.sort(key=lambda r: (order.index(str(r["change"])), str(r["is_date"] or r["was_date"])))
    return Table.of(COLUMNS, rows)


def _matched(before: States, after: States, key: Key, gone: frozenset[Rise]) -> Iterator[Match]:
    """What comes too late, which nothing new takes the place of, then all else."""
    was = before.rises.get(key, {})
    yield from ((LATE, n, p, None) for p, n in sorted(was.items()) if (key, p) in gone)
    left = {p: n for p, n in was.items() if (key, p) not in gone}
    yield from matched(left, after.rises.get(key, {}))


def _decision(key: Key) -> str:
    """What is decided, in words."""
    return readable()[key[0]][0].commits


def _item(key: Key) -> str:
    """Of what, in words."""
    return PLACED.join(str(part) for part in key[1])


def _reason(key: Key, change: str, news: frozenset[str], *, is_held: bool, is_past: bool) -> str:
    """Why a decision is what it is."""
    if is_held:
        return PAST
    if change == DROPPED and is_past:
        return CANCELLED
    touched = sorted(news & {str(part) for part in key[1]})
    if touched:
        return f"{NEWS} {', '.join(touched)}"
    return "" if change == KEPT else OTHER


def urgent_table(
    before: States,
    after: States,
    starts: Sequence[date],
    periods: int,
    gone: frozenset[Rise] = frozenset(),
) -> Table:
    """What has to be decided at the next period start and was planned for later, or not at all; also what
    takes the place of what comes too late."""
    rows: list[dict[str, Cell]] = []
    for key in sorted({*before.rises, *after.rises}, key=str):
        if key[0] in before.rented:
            continue
        for change, quantity, was, now in _matched(before, after, key, gone):
            if now == periods and change != KEPT and (was is None or was > periods):
                rows.append(
                    {
                        "decision": _decision(key),
                        "item": _item(key),
                        "quantity": quantity,
                        "order_by_date": starts[now],
                        "was_date": None if was is None else starts[was],
                    }
                )
    return Table.of(URGENT_COLUMNS, rows)
