"""What to do now, by each date, and under which outcome, from the plans of the futures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import product

from siting.core.plan import Plan
from siting.core.table import Cell, Table
from siting.futures.decided import Decided, decided
from siting.futures.tree import Future, Tree

NOW, DATE, OUTCOME = "now", "by date", "if outcome"
"""When a decision is taken: in the first period; later, whatever is learnt until then; or by what is."""
COLUMNS = (
    "when",
    "date",
    "condition",
    "decision",
    "commits",
    "item",
    "quantity",
    "probability",
    "futures",
)
EVERY = "in every future"


def policy_table(tree: Tree, plans: Sequence[Plan], starts: Sequence[date]) -> Table:
    """A row for each decision, date and set of futures that take it alike."""
    rows = sorted(_rows(tree, plans, starts), key=_order)
    return Table.of(COLUMNS, rows)


def _order(row: dict[str, Cell]) -> tuple[str, ...]:
    """By date, then as they are decided."""
    return tuple(str(row[column]) for column in ("date", "decision", "item", "condition"))


def _rows(tree: Tree, plans: Sequence[Plan], starts: Sequence[date]) -> Iterator[dict[str, Cell]]:
    """The rows of the table."""
    alike: dict[tuple[Decided, date, float], list[int]] = {}
    for number, plan in enumerate(plans):
        for key, amounts in decided(plan.tables).items():
            for when, count in amounts.items():
                alike.setdefault((key, when, round(count, 9)), []).append(number)
    for (key, when, count), numbers in alike.items():
        is_all = len(numbers) == len(plans)
        futures = [tree.futures[number] for number in numbers]
        yield {
            "when": NOW if when == starts[0] else DATE if is_all else OUTCOME,
            "date": when,
            "condition": condition(tree, futures),
            "decision": key.decision,
            "commits": key.words,
            "item": key.item,
            "quantity": count,
            "probability": sum(future.probability for future in futures),
            "futures": "; ".join(future.name for future in futures),
        }


def condition(tree: Tree, futures: Sequence[Future]) -> str:
    """Outcomes that tell some futures from all others, in words."""
    if len(futures) == len(tree.futures):
        return EVERY
    facts = list(futures[0].outcomes)
    seen = {fact: sorted({future.outcomes[fact] for future in futures}) for fact in facts}
    names = {future.name for future in futures}
    combined = {tuple(each) for each in product(*seen.values())}
    inside = {f.name for f in tree.futures if tuple(f.outcomes[fact] for fact in facts) in combined}
    if inside != names:
        return "in " + " or ".join(sorted(names))
    every = {fact: {future.outcomes[fact] for future in tree.futures} for fact in facts}
    told = [
        f"{fact} is {' or '.join(outcomes)}"
        for fact, outcomes in seen.items()
        if set(outcomes) != every[fact]
    ]
    return "if " + " and ".join(told)
