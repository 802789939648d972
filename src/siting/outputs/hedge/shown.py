"""A plan under uncertainty that writes itself and gives its tables to pandas."""

from __future__ import annotations

from dataclasses import fields
from html import escape
from pathlib import Path

import pandas

from siting.futures import study
from siting.outputs.hedge.write import write_hedge
from siting.outputs.notebook.display import frame, html_table

FUTURES = ("future", "probability", "cost_usd", "known_cost_usd", "first_date", "full_date")
NOW = ("when", "date", "condition", "commits", "item", "quantity")


class Hedge(study.Hedge):
    """A plan under uncertainty. ``plans`` holds the plan of each future, ``frame`` gives a table to
    pandas."""

    def frame(self, name: str) -> pandas.DataFrame:
        """A table as a DataFrame.

        Raises:
            InputError: no table of this name; says which there are.
        """
        return frame(self.tables, name)

    def write(self, folder: Path | str) -> None:
        """Page, tables, map layers and the plan of each future, in a folder that appears whole or not
        at all.

        Raises:
            InputError: neither a new folder nor that of an earlier run.
        """
        write_hedge(self, Path(folder), {})

    def _repr_html_(self) -> str:
        """The answer, the futures and the policy, for Jupyter."""
        said = "".join(f"<li>{escape(line)}</li>" for line in self.answer)
        tables = html_table(FUTURES, self.tables["futures"]) + html_table(
            NOW, self.tables["policy"]
        )
        return f"<div><h3>{escape(self.title)}</h3><ul>{said}</ul>{tables}</div>"


def shown(found: study.Hedge) -> Hedge:
    """The same plan, as one that shows itself."""
    return Hedge(**{each.name: getattr(found, each.name) for each in fields(found)})
