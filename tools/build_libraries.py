"""Take numbers of facts over into ``models/libraries``: ``python tools/build_libraries.py FACTS_DIR``.

``library_facts.csv`` beside this file says which cell of which facts table a number of a library is,
or one over it, times a factor, rounded to so many decimals; rows of one number are added. Only the
numbers are written, at their place: comments, sources and what is estimated by a rule stay as they are.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

MAPPING = Path(__file__).resolve().parent / "library_facts.csv"
LIBRARIES = Path(__file__).resolve().parent.parent / "models" / "libraries"
Key = tuple[str, str]
"""Library, and dotted path of a number in it."""


def main(facts: Path, libraries: Path = LIBRARIES) -> None:
    """Write every library that has numbers of the facts."""
    for name, text in rebuilt(facts, libraries).items():
        (libraries / name).write_text(text, encoding="utf-8")


def rebuilt(facts: Path, libraries: Path = LIBRARIES) -> dict[str, str]:
    """Text of each library with the numbers of the facts, by file name."""
    wanted = numbers(facts)
    texts: dict[str, str] = {}
    for name in sorted({library for library, _ in wanted}):
        text = (libraries / name).read_text(encoding="utf-8")
        spans = {
            path: span for path, span in _scalars(yaml.compose(text)) if (name, path) in wanted
        }
        missing = [path for library, path in wanted if library == name and path not in spans]
        if missing:
            raise ValueError(f"{name} has no {', '.join(missing)}")
        for path, (start, end) in sorted(spans.items(), key=lambda item: -item[1][0]):
            text = text[:start] + wanted[name, path] + text[end:]
        texts[name] = text
    return texts


def numbers(facts: Path) -> dict[Key, str]:
    """Every number that is a fact, as it is to be written; ``power`` -1 takes one over it."""
    sums: dict[Key, float] = {}
    decimals: dict[Key, int] = {}
    tables: dict[str, list[dict[str, str]]] = {}
    for row in _rows(MAPPING):
        if row["table"] not in tables:
            tables[row["table"]] = _rows(facts / row["table"])
        key = (row["library"], row["path"])
        cell = _cell(tables[row["table"]], row["where"], row["column"])
        sums[key] = sums.get(key, 0.0) + cell ** int(row["power"]) * float(row["factor"])
        decimals[key] = int(row["decimals"])
    return {key: _written(value, decimals[key]) for key, value in sums.items()}


def _cell(table: list[dict[str, str]], where: str, column: str) -> float:
    """The number in a column of the one row that a condition ``a=b;c=d`` names."""
    wanted = dict(part.split("=", 1) for part in where.split(";"))
    found = [row for row in table if all(row[name] == value for name, value in wanted.items())]
    if len(found) != 1:
        raise ValueError(f"{len(found)} rows with {where}")
    return float(found[0][column])


def _written(value: float, decimals: int) -> str:
    """A number with no more decimals than it needs."""
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _rows(path: Path) -> list[dict[str, str]]:
    """Rows of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _scalars(node: yaml.Node | None, at: str = "") -> Iterator[tuple[str, tuple[int, int]]]:
    """Dotted path and place in the text of every scalar."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(value, f"{at}.{key.value}" if at else str(key.value))
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from _scalars(value, f"{at}.{number}")
    elif node is not None:
        yield at, (node.start_mark.index, node.end_mark.index)


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:]))
