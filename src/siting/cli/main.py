"""Entry point of the ``siting`` command: commands, exit codes, no traceback for wrong input."""

from __future__ import annotations

import json
import logging
import os
import sys
from enum import IntEnum
from typing import Annotated

import typer
from typer.exceptions import Abort, TyperException
from typer.main import get_command

from siting.cli import commands, screen
from siting.cli.show import SafeConsole, printable
from siting.cli.streams import lost_output
from siting.core.errors import (
    AuditError,
    InfeasibleError,
    InputError,
    Issue,
    NoPlanError,
    OutputError,
    SitingError,
)
from siting.core.stop import finish
from siting.outputs.writable import issue_of, words_of

BUGS = "This is a bug in siting, not in your input. Run again with --debug for details."


MAX_SHOWN = 200
"""Messages that are printed."""
MAX_LINE = 2000
INTERRUPTED = 130
"""What typer makes of KeyboardInterrupt."""


class ExitCode(IntEnum):
    """What the exit status means."""

    DONE = 0
    BUG = 1
    INPUT = 2
    INFEASIBLE = 3
    STOPPED_WITH_PLAN = 4
    STOPPED_WITHOUT_PLAN = 5
    AUDIT_FAILED = 6


EPILOG = (
    "Exit codes: 0 done, 2 input wrong, 3 no feasible plan, 4 stopped with a plan, "
    "5 stopped without one, 6 audit failed, 1 bug."
)

app = typer.Typer(
    help="Where, when and with what power to build AI data centers on federal land.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _print_version(is_asked: bool) -> None:
    """Say which version this is, and end."""
    if is_asked:
        from importlib.metadata import version

        print(f"siting {version('siting')}")
        raise typer.Exit


@app.callback()
def _options(
    _: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Options of the command itself; its help is that of ``app``."""


commands.register(app)
app.command()(screen.screen)


class _OneLine(logging.Formatter):
    """A log whose messages cannot steer a terminal; tracebacks keep their lines."""

    def format(self, record: logging.LogRecord) -> str:
        lines = super().format(record).split("\n")
        return "\n".join(printable(line) for line in lines)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; always ends in ``SystemExit`` with one of ``ExitCode``."""
    given = sys.argv[1:] if arguments is None else arguments
    is_json = "--json" in given
    is_debug = "--debug" in given
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_OneLine("%(levelname)s %(name)s: %(message)s"))
    level = logging.DEBUG if is_debug else logging.WARNING
    logging.basicConfig(level=level, handlers=[handler])
    code = _run(given, is_json=is_json, is_debug=is_debug)
    lost = lost_output()
    if lost is not None:
        print(f"Not all could be printed: {words_of(lost)[0]}.", file=sys.stderr)
        sys.stderr.flush()
        # what goes into a folder is there; where printing was all, nothing is
        is_written = any(word.startswith(("-o", "--output")) for word in given)
        code = code or (0 if is_written else ExitCode.INPUT)
    finish()
    sys.exit(int(code))


def _run(given: list[str], *, is_json: bool, is_debug: bool) -> int:  # noqa: C901 - a branch for each kind of end
    """The exit code of one command line."""
    try:
        os.getcwd()
    except OSError:
        where = "the current folder"
        gone = Issue(where, "it is gone, or may not be read", "a folder", "Change to another one")
        return _fail(ExitCode.INPUT, [str(gone)], is_json)
    try:
        code = int(get_command(app).main(given, prog_name="siting", standalone_mode=False) or 0)
        if code == INTERRUPTED:
            raise KeyboardInterrupt
        return code
    except Abort:
        return _fail(ExitCode.STOPPED_WITHOUT_PLAN, ["Stopped."], is_json)
    except TyperException as error:
        return _fail(ExitCode.INPUT, [_usage(error)], is_json)
    except InputError as error:
        return _fail(ExitCode.INPUT, [str(issue) for issue in error.issues], is_json)
    except InfeasibleError as error:
        return _fail(ExitCode.INFEASIBLE, list(error.limits), is_json)
    except NoPlanError as error:
        return _fail(ExitCode.STOPPED_WITHOUT_PLAN, [str(error)], is_json)
    except AuditError as error:
        return _fail(ExitCode.AUDIT_FAILED, str(error).splitlines(), is_json)
    except KeyboardInterrupt:
        return _fail(ExitCode.STOPPED_WITHOUT_PLAN, ["Stopped; nothing was written."], is_json)
    except OutputError as error:
        return _fail(ExitCode.INPUT, [str(error)], is_json, REFUSED)
    except SitingError as error:
        return _fail(ExitCode.INPUT, [str(error)], is_json)
    except OSError as error:  # the system refused something: no bug, and no traceback
        if is_debug:
            raise
        return _fail(ExitCode.INPUT, [str(issue_of(error))], is_json, REFUSED)
    except Exception as error:  # the last line of defence: a bug is reported, not a traceback
        if is_debug:
            raise
        what = f"{type(error).__name__}: {error}"
        return _fail(ExitCode.BUG, [what, BUGS], is_json)


def _usage(error: TyperException) -> str:
    """What is wrong with the command line."""
    say = getattr(error, "format_message", None)
    return f"{say() if say else error} Try siting COMMAND --help."


REFUSED = "The system refused to read or write"
TITLES = {
    ExitCode.INPUT: "The input is wrong",
    ExitCode.INFEASIBLE: "No plan satisfies every limit; these clash",
    ExitCode.STOPPED_WITHOUT_PLAN: "No plan",
    ExitCode.AUDIT_FAILED: "The audit failed",
    ExitCode.BUG: "Unexpected error",
}


def _fail(code: ExitCode, lines: list[str], is_json: bool, title: str = "") -> int:
    """Print what went wrong, for people on stderr or for machines on stdout."""
    if is_json:
        print(
            json.dumps(
                {
                    "exit_code": int(code),
                    "error": title or TITLES[code],
                    "messages": lines[:MAX_SHOWN],
                }
            )
        )
    else:
        console = SafeConsole(is_error=True, soft_wrap=True)
        console.print(f"{title or TITLES[code]} ({len(lines)}):", style="bold red")
        for line in lines[:MAX_SHOWN]:
            console.print(f"  {printable(line, MAX_LINE)}")
        if len(lines) > MAX_SHOWN:
            console.print(f"  and {len(lines) - MAX_SHOWN:,} more")
    return int(code)
