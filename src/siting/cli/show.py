"""What a command prints: for people on a terminal, or one JSON object for machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from math import isfinite
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console, RenderableType
from rich.progress import Progress as RichProgress
from rich.progress import SpinnerColumn, TextColumn
from rich.text import Text

from siting.core.stop import check

if TYPE_CHECKING:
    from siting.solver.highs import Progress

UNPRINTABLE = "\N{REPLACEMENT CHARACTER}"
MONEY_DECIMALS = 3
"""Of dollars in lines and tables."""
LOG_SECONDS = 10.0
"""Seconds between two lines of progress where there is no terminal."""


def printable(text: object, length: int | None = None) -> str:
    """Text on one line that cannot steer a terminal, cut to a length where one is given.

    Escapes, marks of direction and other unprintable characters become a replacement character.
    """
    shown = (c if c.isprintable() else " " if c.isspace() else UNPRINTABLE for c in str(text))
    line = "".join(shown)
    return line if length is None or len(line) <= length else line[: length - 1] + "…"


def finite(data: Any) -> Any:
    """Data for JSON, which has no infinite numbers: null in their place."""
    if isinstance(data, Mapping):
        return {key: finite(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [finite(value) for value in data]
    return None if isinstance(data, float) and not isfinite(data) else data


class SafeConsole(Console):
    """A console on which text is text: no markup, no emoji codes, nothing that steers a terminal."""

    def __init__(self, *, is_error: bool = False, soft_wrap: bool = False) -> None:
        super().__init__(
            stderr=is_error, highlight=False, markup=False, emoji=False, soft_wrap=soft_wrap
        )

    def render_str(self, text: str, **options: Any) -> Text:
        """Every text that is printed, also in cells of tables, passes here."""
        lines = "\n".join(printable(line) for line in text.split("\n"))
        return super().render_str(lines, **options)


class Show:
    """Prints results on stdout and progress on stderr."""

    def __init__(self, is_json: bool) -> None:
        self.is_json = is_json
        self.console = SafeConsole()
        self.errors = SafeConsole(is_error=True)

    def result(self, data: Mapping[str, Any], lines: Sequence[RenderableType]) -> None:
        """Print a result: the data as JSON, or the lines."""
        if self.is_json:
            print(json.dumps(finite(data), indent=1, sort_keys=True, allow_nan=False, default=str))
            return
        for line in lines:
            self.console.print(line, soft_wrap=isinstance(line, str))

    @contextmanager
    def busy(self, what: str) -> Iterator[None]:
        """Say what is going on while it takes long."""
        if self.is_json or not sys.stderr.isatty():
            yield
            return
        with self.errors.status(what):
            yield

    @contextmanager
    def progress(self) -> Iterator[Callable[[Progress], None]]:
        """Give a function that shows bound, incumbent, gap and seconds of a solve."""
        with self._solves() as tell:
            yield lambda progress: tell("", progress)

    @contextmanager
    def study(
        self,
    ) -> Iterator[tuple[Callable[[str, Progress | None], None], Callable[[str], None]]]:
        """Give functions that show where the solves of a study stand, and that one is finished."""
        with self._solves() as tell:

            def named(name: str, progress: Progress | None) -> None:
                tell(name, None if progress is None else replace(progress, goal=name))

            yield named, self._done

    @contextmanager
    def kept(self, what: str = "solves") -> Iterator[None]:
        """Say on Ctrl-C that finished solves or runs are kept, and end the command."""
        try:
            yield
        except KeyboardInterrupt as stop:
            self.errors.print(f"Stopped. Finished {what} are kept; run it again to go on.")
            raise typer.Exit(5) from stop

    @contextmanager
    def lines(self) -> Iterator[Callable[[str], None]]:
        """Give a function that shows one line of progress, the newest in place of the last."""
        if self.is_json or not sys.stderr.isatty():
            yield lambda line: None
            return
        with self.errors.status("") as status:
            yield lambda line: status.update(printable(line))

    def _done(self, line: str) -> None:
        """Say what is finished."""
        if not self.is_json:
            self.errors.print(line)

    @contextmanager
    def _solves(self) -> Iterator[Callable[[str, Progress | None], None]]:
        """Give a function that takes the progress of each solve by name, None once it has ended: a line
        each on a terminal, a log where there is none. It raises KeyboardInterrupt once Ctrl-C or SIGTERM
        has come."""
        with self._shown() as shown:

            def tell(name: str, progress: Progress | None) -> None:
                check()
                shown(name, progress)

            yield tell

    @contextmanager
    def _shown(self) -> Iterator[Callable[[str, Progress | None], None]]:
        """Give a function that shows the progress of each solve."""
        if self.is_json:
            yield lambda name, progress: None
        elif not sys.stderr.isatty():
            log = self._log_line()
            yield lambda name, progress: None if progress is None else log(progress)
        else:
            columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False))
            with RichProgress(*columns, console=self.errors, transient=True) as bar:
                tasks = {"": bar.add_task("reading")}

                def show(name: str, progress: Progress | None) -> None:
                    if progress is None:
                        if name in tasks:
                            bar.remove_task(tasks.pop(name))
                        return
                    if name not in tasks:
                        tasks[name] = tasks.pop("") if "" in tasks else bar.add_task("")
                    bar.update(tasks[name], description=printable(describe(progress)))

                yield show

    def _log_line(self) -> Callable[[Progress], None]:
        """A plain line at the start of each phase and each ten seconds, for logs."""
        last: dict[tuple[str, str], float] = {}

        def log(progress: Progress) -> None:
            key = (progress.goal, progress.phase)
            if progress.seconds - last.get(key, -LOG_SECONDS) >= LOG_SECONDS:
                last[key] = progress.seconds
                print(printable(describe(progress)), file=sys.stderr, flush=True)

        return log


def describe(progress: Progress) -> str:
    """One line of progress."""
    from siting.core.proof import HOPELESS, percent_up

    goal = f"{progress.goal}: " if progress.goal else ""
    parts = [f"{goal}{progress.phase:10s} {progress.seconds:6.1f} s"]
    # with a name there is no room for both in eighty columns
    if progress.bound is not None and not (goal and progress.gap is not None):
        parts.append(f"bound {progress.bound:,.1f} {progress.unit}")
    if progress.incumbent is not None:
        parts.append(f"plan {progress.incumbent:,.1f} {progress.unit}")
    if progress.gap is not None and progress.gap < HOPELESS:
        parts.append(f"gap {percent_up(progress.gap):.2f}%")
    return "  ".join(parts)
