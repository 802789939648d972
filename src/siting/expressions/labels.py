"""Labels of many rows, and what rules do with them: look data up, and sum over groups.

A rule is called once for all indices of its constraint: each part of its index is ``Labels``, one label
a row, and what it computes holds an expression a row. Data are looked up by ``at`` (a number a row) and
``pick`` (a label, a lag or a group a row), sums are taken by ``sum_over`` and ``signed_sum``:
``at(data.max_halls, site) * halls[site, period]``. The same functions take single labels, so that
helpers serve rules and tables alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, repeat
from typing import Any

import numpy as np

from siting.expressions.block import Block

Expr = Any
"""A ``Block``, or numbers: one, or one a row."""
Label = Any
"""A part of an index: ``Labels`` in a rule; a site, a period... elsewhere."""
Relation = Any
"""What a rule returns: ``left <= right`` or ``left == right``, a ``block.Relation``."""
Rule = Callable[..., Relation]
Table = Mapping[Any, Any] | Callable[..., Any]
"""What is looked up by label: a mapping by key, or a function of the parts of the key."""


class Labels:
    """One label a row. What holds periods may be shifted by a number of them.

    To compare or test it, or to use it as a key, is an error: a rule that did so would quietly give
    something else for all rows than for each of them.
    """

    __slots__ = ("items",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, items: Sequence[Any]) -> None:
        self.items = items

    def __eq__(self, other: object) -> bool:
        raise TypeError("labels of many rows are looked up by 'at' and 'pick', not compared")

    def __bool__(self) -> bool:
        raise TypeError("labels of many rows are looked up by 'at' and 'pick', not tested")

    def __len__(self) -> int:
        return len(self.items)

    def __sub__(self, shift: int) -> Labels:
        return Labels([label - shift for label in self.items])

    def take(self, rows: Sequence[int]) -> Labels:
        """The labels of some rows."""
        items = self.items
        return Labels([items[row] for row in rows])


def labels_of(index: Iterable[tuple[Any, ...]]) -> list[Labels]:
    """The parts of some index tuples, at least one."""
    return [Labels(part) for part in zip(*index, strict=True)]


def is_whole(key: Iterable[Label]) -> bool:
    """Whether a key stands for many rows."""
    for part in key:  # noqa: SIM110 - a generator costs more than the whole loop
        if type(part) is Labels:
            return True
    return False


def rows_in(key: Sequence[Label]) -> int:
    """Rows for which a key stands.

    Raises:
        TypeError: it stands for none in particular, since no part of it is ``Labels``.
    """
    for part in key:
        if type(part) is Labels:
            return len(part)
    raise TypeError(f"{tuple(key)} holds no labels of the rule's index")


def keys_in(key: Iterable[Label]) -> Iterator[tuple[Any, ...]]:
    """The index tuple of each row; a part that is one label is the same in all."""
    return zip(*_parts(key), strict=False)


def _parts(key: Iterable[Label]) -> list[Iterable[Any]]:
    """The labels of each part, without end where it is one label."""
    return [part.items if type(part) is Labels else repeat(part) for part in key]


def _each(table: Table, key: tuple[Label, ...]) -> Iterator[Any]:
    """What a table holds for each row."""
    if callable(table):
        return map(table, *_parts(key))
    return map(table.__getitem__, key[0].items if len(key) == 1 else keys_in(key))


def pick(table: Table, *key: Label) -> Label:
    """What a table of labels, lags or groups holds at a key."""
    if is_whole(key):
        return Labels(list(_each(table, key)))
    return table(*key) if callable(table) else table[key if len(key) > 1 else key[0]]


def parts(label: Label) -> tuple[Label, ...]:
    """The parts of a label that is a tuple."""
    return tuple(labels_of(label.items)) if type(label) is Labels else label


def at(table: Table, *key: Label) -> Expr:
    """The number that a table holds at a key; one a row for many."""
    if is_whole(key):
        return np.fromiter(_each(table, key), float, rows_in(key))
    return pick(table, *key)


def sum_over(members: Label, term: Callable[..., Expr], *key: Label) -> Expr:
    """``sum(term(member, *key) for member in members)``; each row has members of its own where they
    were looked up by ``pick``."""
    if type(members) is not Labels:
        return sum(term(member, *key) for member in members)
    rows = _row_of_each(members.items)
    if not len(rows):
        return Block.of(0.0, len(members))
    flat = Labels(list(chain.from_iterable(members.items)))
    return _fold(term(flat, *_spread(key, rows)), rows, len(members))


def signed_sum(terms: Label, state: Callable[..., Expr], *key: Label) -> Expr:
    """``sum(sign * state(*key, start) for sign, start in terms)``, with the terms of a ``Lag``."""
    if type(terms) is not Labels:
        return sum(sign * state(*key, start) for sign, start in terms)
    rows = _row_of_each(terms.items)
    if not len(rows):
        return Block.of(0.0, len(terms))
    pairs = list(chain.from_iterable(terms.items))
    starts = Labels([start for _, start in pairs])
    signs = np.array([sign for sign, _ in pairs], dtype=float)
    return _fold(signs * state(*_spread(key, rows), starts), rows, len(terms))


def _fold(terms: Expr, rows: np.ndarray, count: int) -> Expr:
    """The sum of the terms of each row, be they expressions or numbers."""
    if isinstance(terms, int | float | np.ndarray):
        return np.bincount(rows, np.broadcast_to(terms, len(rows)), count)
    return terms.fold(rows, count)


def _row_of_each(groups: Sequence[Sequence[Any]]) -> np.ndarray:
    """The row of each member of each row's group."""
    return np.repeat(np.arange(len(groups)), list(map(len, groups)))


def _spread(key: tuple[Label, ...], rows: np.ndarray) -> list[Label]:
    """A key of rows as one of their members."""
    if np.array_equal(rows, np.arange(rows_in(key)) if is_whole(key) else rows):
        return list(key)
    numbers = rows.tolist()
    return [part.take(numbers) if type(part) is Labels else part for part in key]
