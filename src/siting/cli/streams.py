"""Standard streams that may be closed, full or gone: what is printed is lost, what is done is not."""

from __future__ import annotations

import errno
import os
import sys
from typing import Any, TextIO


class Lasting:
    """A text stream whose writes never fail; from the first that would on, they go nowhere.

    Attributes:
        error: what the first failure was; None while all is well. A reader that has seen enough, such
            as ``head``, is none.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.error: OSError | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write, if the stream still takes anything."""
        try:
            return self._stream.write(text)
        except OSError as error:
            self._lose(error)
        except UnicodeEncodeError:
            encoding = self._stream.encoding or "ascii"
            return self.write(text.encode(encoding, "replace").decode(encoding))
        return len(text)

    def flush(self) -> None:
        """Flush, if the stream still takes anything."""
        try:
            self._stream.flush()
        except OSError as error:
            self._lose(error)

    def _lose(self, error: OSError) -> None:
        """Send the rest nowhere, what is in the buffer too."""
        if error.errno != errno.EPIPE:
            self.error = error
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)


def make_lasting() -> None:
    """Put lasting streams in place of stdout and stderr, also where one is closed."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            stream = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 (open to the end)
        if not isinstance(stream, Lasting):
            setattr(sys, name, Lasting(stream))


def lost_output() -> OSError | None:
    """Why something that was printed for the user could not be; None if all was, or nobody reads on."""
    sys.stdout.flush()
    sys.stderr.flush()
    return sys.stdout.error if isinstance(sys.stdout, Lasting) else None
