"""Where the ``siting`` command starts: signals and streams are taken care of before anything is loaded."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line; always ends in ``SystemExit``."""
    from siting.cli.streams import make_lasting
    from siting.core.stop import listen

    make_lasting()
    try:
        listen()
        from siting.cli.main import main as run

        run()
    except KeyboardInterrupt:
        # while modules are loaded, or when all is done but to leave
        from siting.core.claim import give_up_all

        give_up_all()
        print("Stopped.", file=sys.stderr)
        sys.stderr.flush()
        os._exit(5)
