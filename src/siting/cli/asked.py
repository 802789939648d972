"""The options of ``siting compare`` that studies declare, and what is asked with them."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Annotated, Any

import typer
from typer.main import get_command

from siting.studies.option import Asked, Form, Option
from siting.studies.registry import options

KINDS: dict[Form, Any] = {
    Form.COMMAS: str,
    Form.REPEATED: list[str] | None,
    Form.FLAG: bool,
    Form.TEXT: str | None,
    Form.COUNT: int,
    Form.NUMBER: float,
}
NOTHING: dict[Form, Any] = {Form.COMMAS: "", Form.REPEATED: None, Form.FLAG: False}
"""What stands for an option that is not given."""


def parameters() -> list[Any]:
    """Parameters of the command line, one an option of a study."""

    def command(**values: Any) -> None:
        """Stands for a command that has these options alone."""

    found = [_parameter(option) for option in options()]
    command.__signature__ = inspect.Signature(found)  # type: ignore[attr-defined]
    command.__annotations__ = {}
    app = typer.Typer(add_completion=False)
    app.command(add_help_option=False)(command)
    return list(get_command(app).params)


def _parameter(option: Option[Any]) -> inspect.Parameter:
    """An option as the argument of a function."""
    about = typer.Option(option.flag, help=option.help, min=option.least, max=option.most)
    default = NOTHING.get(option.form, option.default)
    kind = inspect.Parameter.KEYWORD_ONLY
    annotated: Any = Annotated
    annotation = annotated[KINDS[option.form], about]
    return inspect.Parameter(_name(option), kind, default=default, annotation=annotation)


def _name(option: Option[Any]) -> str:
    """Its name among those of the command, which no parameter of its own has."""
    return f"asked_{option.argument}"


def asked(values: Mapping[str, Any]) -> Asked:
    """What values of the command line ask for."""
    return Asked(**{one.argument: _answer(one, values[_name(one)]) for one in options()})


def _answer(option: Option[Any], value: Any) -> Any:
    """A value of the command line as the API has it."""
    if option.form in NOTHING and not value:
        return option.default
    if option.form is Form.COMMAS:
        return tuple(filter(None, (name.strip() for name in value.split(","))))
    return option.given if option.form is Form.FLAG else value
