r"""The programs of all futures in one: what is decided before two futures can be told apart agrees.

Formulation, for futures a and b, a decision X that is cumulative over periods, and its period p

    X_a[p] = X_b[p]                            before any act could tell a from b: one column
    |X_a[p] - X_b[p]| <= U * sum_O O_a[q(p)]   from then until a date does
    cost  sum_a P[a] * cost_a(x_a)

Symbols
-------
    O_a[q]   what was started up to q and tells a from b once it arrives    cumulative decision
    q(p)     latest start that has then told; a signed sum where later starts arrive earlier
    U        most that the decision can differ by                           count
    P        probability of a future

Before anything that tells was started the right side is 0 and the futures agree; afterwards the row
says nothing. O agrees in a and b until then, so that either may stand for both; a future in which what is
started now would come after the horizon has no O, and that of the other stands. A decision that one
future lacks is tied where both have it. Recourse is each future's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from siting.core.calendar import signed_terms
from siting.families.declarations import Sign
from siting.families.declared import agreed
from siting.families.registry import COMPONENTS
from siting.futures.most import most_of
from siting.futures.tree import Tree, groups_of
from siting.instance.build import Instance
from siting.model.program import ALONE, Named, Program, joined

AGREE = "hedge.agree"
"""Name of the rows that keep futures together until an act has told them apart."""


@dataclass(frozen=True)
class Extensive:
    """The programs of all futures as one.

    Attributes:
        program: the whole. parts: of each future. place: column in the whole of each column of a
            part. weights: of the futures.
        is_root: columns that are the same in every future, shape (columns,).
        is_shared: columns that several futures have, shape (columns,) without those of risk.
        is_two_stage: whether futures share nothing once what all of them share is held.
    """

    program: Program
    parts: tuple[Program, ...]
    place: tuple[np.ndarray, ...]
    weights: np.ndarray
    is_root: np.ndarray
    is_shared: np.ndarray
    is_two_stage: bool
    has_acts: bool = False
    """Whether rows keep futures together until an act has told them apart."""

    def of(self, x: np.ndarray) -> list[np.ndarray]:
        """A point of the whole as points of the parts."""
        return [x[place] for place in self.place]

    def costs(self, x: np.ndarray) -> np.ndarray:
        """Cost of each future at a point of the whole [million USD], shape (futures,)."""
        return np.array(
            [part.cost_of(x[at]) for part, at in zip(self.parts, self.place, strict=True)]
        )

    def whole(self, points: Sequence[np.ndarray]) -> np.ndarray:
        """Points of the parts as one of the whole, without the columns of risk; of a shared column that
        of the last future."""
        x = np.zeros(len(self.is_shared))
        for place, point in zip(self.place, points, strict=True):
            x[place] = point
        return x


Arriving = Mapping[tuple[int, int], Sequence[tuple[str, Sign]]]
"""By pair of futures, what tells them apart: full name of its variable, and when."""


def signs_of(tree: Tree, instances: Sequence[Instance]) -> Arriving:
    """What tells each pair of futures apart once it arrives, by the acts that their facts name."""
    found: dict[tuple[int, int], list[tuple[str, Sign]]] = {}
    for i in range(len(instances)):
        for j in range(i + 1, len(instances)):
            acts = {(known.act, known.after_months) for known in tree.acts(i, j)}
            signs = [
                (f"{name}.{sign.variable}", sign)
                for act, months in sorted(acts, key=str)
                for name in instances[i].data
                if act in COMPONENTS[name].signs
                for sign in COMPONENTS[name].signs[str(act)](
                    instances[i].data[name], instances[j].data[name], months
                )
            ]
            if signs:
                found[i, j] = signs
    return found


def extensive(
    tree: Tree, programs: Sequence[Program], signs: Arriving, weights: np.ndarray | None = None
) -> Extensive:
    """Stack the programs of all futures.

    Args:
        programs: of the futures of the tree. signs: what tells pairs apart before a date does.
        weights: of the costs; the probabilities if None.
    """
    weights = tree.probabilities if weights is None else weights
    owners = _owners(tree, programs, signs)
    program, place = joined(programs, weights.tolist(), owners)
    # the futures of a site are tied by more rows than sites are: its zone tells its columns well enough
    program = replace(program, site=np.where(program.area >= 0, ALONE, program.site))
    count = np.zeros(len(program.cost), dtype=np.int64)
    for columns in place:
        count[columns] += 1
    is_root, is_shared = count == len(programs), count > 1
    is_two_stage = not (is_shared & ~is_root).any()
    whole = Extensive(
        program, tuple(programs), tuple(place), weights, is_root, is_shared, is_two_stage
    )
    return _with_acts(whole, tree, signs)


def _certain(tree: Tree, signs: Arriving) -> np.ndarray:
    """First period in which two futures could be told apart by whatever comes first, shape (futures,
    futures)."""
    certain = tree.told.copy()
    for (i, j), found in signs.items():
        first = min(p for _, sign in found for p in sign.told if p is not None)
        certain[i, j] = certain[j, i] = min(certain[i, j], first)
    return certain


def _owners(tree: Tree, programs: Sequence[Program], signs: Arriving) -> list[dict[Named, int]]:
    """For each future the future whose column it shares, of the decisions that it shares."""
    certain = _certain(tree, signs)
    groups = [_first_of(groups_of(certain > p)) for p in range(tree.periods)]
    decisions = [_decisions(program) for program in programs]
    owners: list[dict[Named, int]] = [{} for _ in programs]
    first: dict[tuple[Named, int], int] = {}
    for number, names in enumerate(decisions):
        for name, (_, period) in names.items():
            key = name, groups[period][number]
            owners[number][name] = first.setdefault(key, number)
    return owners


def _first_of(groups: Sequence[Sequence[int]]) -> dict[int, int]:
    """First future of the group of each."""
    return {member: group[0] for group in groups for member in group}


def _decisions(program: Program) -> dict[Named, tuple[int, int]]:
    """Column and period of each decision on which futures agree until they are told apart."""
    when, how = program.decided_at.tolist(), agreed()
    found: dict[Named, tuple[int, int]] = {}
    for name, column in program.columns.items():
        if when[column] >= 0:
            found[name] = column, when[column]
        elif name[0] in how:
            found[name] = column, 0 if how[name[0]] == "once" else name[1][-1]
    return found


def _with_acts(whole: Extensive, tree: Tree, signs: Arriving) -> Extensive:
    """The rows of decisions that agree unless an act has told the futures apart."""
    if not signs:
        return whole
    terms: list[tuple[int, int, float]] = []
    names: list[Named] = []
    decisions = [_decisions(part) for part in whole.parts]
    is_decision = np.zeros(len(whole.program.cost), dtype=bool)
    for place, names_of in zip(whole.place, decisions, strict=True):
        is_decision[place[[column for column, _ in names_of.values()]]] = True
    most = most_of(whole.program, is_decision)
    for (i, j), found in signs.items():
        told = int(tree.told[i, j])
        states = [(sign, _states(whole, (i, j), name, sign)) for name, sign in found]
        for name in sorted(decisions[i].keys() & decisions[j].keys()):
            (a, period), (b, _) = decisions[i][name], decisions[j][name]
            one, other = int(whole.place[i][a]), int(whole.place[j][b])
            if one == other or period >= told:
                continue
            acts = _acts_by(states, period)
            size = max(most[one], most[other])
            for sign in (1.0, -1.0):
                row = len(names)
                names.append((AGREE, (i, j, int(sign), *name[1])))
                terms += [(row, one, sign), (row, other, -sign)]
                terms += [(row, column, -size * by) for column, by in acts]
    rows, columns, values = (
        (np.array(part) for part in zip(*terms, strict=True))
        if terms
        else (np.zeros(0, int), np.zeros(0, int), np.zeros(0))
    )
    matrix = csr_array((values, (rows, columns)), shape=(len(names), len(whole.program.cost)))
    upper = np.zeros(len(names))
    program = whole.program.with_rows(matrix, np.full(len(names), -np.inf), upper, names)
    program = program.with_units({AGREE: ""})
    return replace(whole, program=program, has_acts=bool(names))


def _acts_by(
    signs: Iterable[tuple[Sign, Mapping[int, int]]], period: int
) -> list[tuple[int, float]]:
    """Columns and signs of all that was started before a period and has told by then."""
    found: list[tuple[int, float]] = []
    for sign, states in signs:
        counted = tuple(
            start < period and when is not None and when <= period
            for start, when in enumerate(sign.told)
        )
        for by, start in signed_terms(counted):
            latest = max((q for q in states if q <= start), default=None)
            if latest is not None:
                found.append((states[latest], float(by)))
    return found


def _states(whole: Extensive, pair: tuple[int, int], name: str, sign: Sign) -> Mapping[int, int]:
    """Columns by start of what tells two futures apart, in the one that has more of them: where a start
    comes to nothing there is none. All are of one future, since only there they never fall."""
    found: list[dict[int, int]] = []
    for number in pair:
        columns, place = whole.parts[number].columns, whole.place[number]
        named = {q: columns.get((name, (*sign.item, q))) for q in range(len(sign.told))}
        found.append({q: int(place[c]) for q, c in named.items() if c is not None})
    return max(found, key=len)
