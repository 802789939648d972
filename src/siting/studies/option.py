"""What a study may be asked: an argument of the API that is an option of the command, and its answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from numbers import Integral, Real
from typing import Any, Generic, TypeGuard, TypeVar, cast

from siting.core.errors import InputError, Issue

T_co = TypeVar("T_co", covariant=True)


class Form(Enum):
    """How an option is given on the command line."""

    COMMAS = "one text, names with commas between"
    REPEATED = "once for each name"
    FLAG = "given or not"
    TEXT = "one text"
    COUNT = "a whole number"
    NUMBER = "a number"


MEANT = {
    Form.COMMAS: "names",
    Form.REPEATED: "names",
    Form.FLAG: "names, or None",
    Form.TEXT: "text",
    Form.COUNT: "a whole number",
    Form.NUMBER: "a number",
}
"""What the API expects, in words."""


@dataclass(frozen=True)
class Option(Generic[T_co]):
    """A question that can be put to a study.

    Attributes:
        argument: its name in ``siting.compare(...)``.
        flag: its name on the command line, with the dashes.
        default: what holds where nobody asks. given: what a FLAG stands for.
        least: of a number. most: that the command line takes, where a slip is likelier than in a program.
    """

    argument: str
    flag: str
    help: str
    default: T_co
    form: Form
    given: T_co | None = None
    least: float | None = None
    most: float | None = None

    def checked(self, value: object) -> T_co:
        """A value that the option can take.

        Raises:
            InputError: a value of another kind, or too small.
        """
        if value is None and self.default is None:
            return self.default
        if not self._fits(value):
            what = f"is {value!r:.60}"
            raise InputError([Issue(self.argument, what, self._expected(), self.help)])
        return cast("T_co", value)

    def _fits(self, value: object) -> bool:
        """Whether a value is of the kind of the option."""
        if self.form is Form.FLAG and isinstance(self.given, bool):
            return isinstance(value, bool)
        if self.form is Form.TEXT:
            return isinstance(value, str)
        if self.form in (Form.COUNT, Form.NUMBER):
            kind = Integral if self.form is Form.COUNT else Real
            least = float("-inf") if self.least is None else self.least
            is_number = isinstance(value, kind) and not isinstance(value, bool)
            return is_number and float(cast("float", value)) >= least
        return isinstance(value, tuple) and all(isinstance(name, str) for name in value)

    def _expected(self) -> str:
        """What the value has to be, in words."""
        return MEANT[self.form] + ("" if self.least is None else f", at least {self.least:g}")


def _is_list(value: object) -> TypeGuard[Iterable[object]]:
    """Whether a value is many values, and no text."""
    return isinstance(value, Iterable) and not isinstance(value, str | Mapping)


class Asked:
    """What studies are asked, by argument; whatever is left out has its default."""

    def __init__(self, **values: object) -> None:
        self.values: Mapping[str, object] = {
            name: tuple(value) if _is_list(value) else value for name, value in values.items()
        }

    def __getitem__(self, option: Option[T_co]) -> T_co:
        """The answer to an option.

        Raises:
            InputError: a value that it cannot take.
        """
        if option.argument not in self.values:
            return option.default
        return option.checked(self.values[option.argument])

    def check(self, options: Iterable[Option[Any]]) -> None:
        """Refuse arguments that no option has, and values that it cannot take.

        Raises:
            InputError: every one of them.
        """
        known = {option.argument: option for option in options}
        issues: list[Issue] = []
        for name in self.values:
            if name not in known:
                issues.append(Issue(name, "not known", f"one of {', '.join(sorted(known))}", ""))
                continue
            try:
                self[known[name]]
            except InputError as error:
                issues += error.issues
        if issues:
            raise InputError(issues)
