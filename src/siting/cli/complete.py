"""What a shell offers when a word of a command is half typed; looked up when it is asked for."""

from __future__ import annotations

from collections.abc import Callable


def starting_with(names: Callable[[], list[str]]) -> Callable[[str], list[str]]:
    """Names that begin as what is typed."""

    def offered(incomplete: str) -> list[str]:
        return [name for name in names() if name.startswith(incomplete)]

    return offered


def scenario_names() -> list[str]:
    """Built-in scenarios."""
    from siting.cli.starter import starters

    return list(starters())


def family_names() -> list[str]:
    """Constraint families."""
    from siting.families.registry import COMPONENTS

    return ["all", *sorted(COMPONENTS)]


def table_names() -> list[str]:
    """Parts of a scenario, and tables of a plan."""
    from siting.cli.dictionary import input_sections
    from siting.reference.columns import result_tables

    names = {section.name for section in input_sections()} | {
        table.path for table in result_tables()
    }
    return ["all", *sorted(names)]
