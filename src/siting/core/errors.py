"""Errors the package raises: one root, and a list of everything wrong at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Issue:
    """One thing wrong with an input, in the planner's words.

    Attributes:
        where: file, line and key, for instance ``toy.yaml:14:7: sites.a.max_it_mw``.
        what: what was found.
        expected: what would be right.
        fix: what to do about it.
    """

    where: str
    what: str
    expected: str = ""
    fix: str = ""

    def __str__(self) -> str:
        parts = [f"{self.where}: {self.what}"]
        if self.expected:
            parts.append(f"Expected {self.expected}")
        if self.fix:
            parts.append(self.fix)
        return " ".join(part if part.endswith((".", "?")) else f"{part}." for part in parts)


MAX_LISTED = 100


def first_of(issues: Sequence[Issue], where: str) -> list[Issue]:
    """The first issues, and how many more there are."""
    more = len(issues) - MAX_LISTED
    rest = [Issue(where, f"{more:,} more faults", "none", "Mend these first")] if more > 0 else []
    return [*issues[:MAX_LISTED], *rest]


class SitingError(Exception):
    """Root of every error this package raises on purpose."""


class InputError(SitingError):
    """The scenario or its data is wrong; carries every issue found."""

    def __init__(self, issues: Iterable[Issue]) -> None:
        self.issues = tuple(dict.fromkeys(issues))
        super().__init__("\n".join(str(issue) for issue in self.issues))


class InfeasibleError(SitingError):
    """No plan satisfies the scenario; carries the limits that clash, by how much."""

    def __init__(self, limits: Iterable[str]) -> None:
        self.limits = tuple(limits)
        super().__init__("No plan satisfies every limit.\n" + "\n".join(self.limits))


class NoPlanError(SitingError):
    """The solver stopped before it had found any plan."""


class OutputError(SitingError):
    """A result cannot be written where it was asked for; says where it is kept."""


class AuditError(SitingError):
    """A plan fails its audit."""
