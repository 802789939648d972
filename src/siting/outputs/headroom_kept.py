"""Results of a headroom run as they come, so that a run that is stopped or killed can be taken up.

A file beside the output holds one line of JSON a bus, under a first line that says of what. It is
removed once the output is whole.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from siting.network.case import Network
from siting.outputs.folder import short_name
from siting.solver.bus_headroom import BusHeadroom


def key_of(network: Network, asked: Mapping[str, Any]) -> str:
    """A digest of a network and of what is asked, by which results are known to be of the same."""
    digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode())
    for part in (network.buses, network.branches, network.generators):
        digest.update(json.dumps(part.ids).encode())
        for field in fields(part):
            values = getattr(part, field.name)
            if isinstance(values, np.ndarray):
                digest.update(f"{field.name} {values.dtype} {values.shape}".encode())
                digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()


class KeptHeadroom:
    """The file beside an output."""

    def __init__(self, target: Path, key: str, network: Network) -> None:
        target = Path(os.path.abspath(target))
        self.path = target.parent / f".{short_name(target.name)}.headroom"
        self.key, self.network = key, network

    def known(self) -> dict[int, BusHeadroom]:
        """What an earlier run of the same has kept; a line that a kill cut short ends it."""
        try:
            lines = self.path.read_text(encoding="utf-8").split("\n")[:-1]
        except (OSError, UnicodeDecodeError):
            return {}
        if not lines or lines[0] != self.key:
            return {}
        found = {}
        for line in lines[1:]:
            result = self._result(line)
            if result is None:
                break
            found[result.bus] = result
        return found

    def _result(self, line: str) -> BusHeadroom | None:
        """The result that a line states; None if it states none."""
        try:
            bus, mw, binding, limited_by = json.loads(line)
            return BusHeadroom(
                self.network.bus_index[bus], float(mw), tuple(map(str, binding)), str(limited_by)
            )
        except (ValueError, TypeError, KeyError, RecursionError):
            return None

    def begin(self, known: Sequence[BusHeadroom]) -> None:
        """Start the file anew with what is known."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._part.write_text(self.key + "\n" + self._lines(known), encoding="utf-8")
        os.replace(self._part, self.path)

    def add(self, results: Sequence[BusHeadroom]) -> None:
        """Keep more results."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(self._lines(results))

    @property
    def _part(self) -> Path:
        """The file while it is begun."""
        return self.path.with_name(f"{self.path.name}.part")

    def _lines(self, results: Sequence[BusHeadroom]) -> str:
        """A line a result."""
        ids = self.network.buses.ids
        return "".join(
            json.dumps([ids[r.bus], r.headroom_mw, list(r.binding), r.limited_by]) + "\n"
            for r in results
        )

    def remove(self) -> None:
        """The output is whole."""
        for path in (self.path, self._part):
            path.unlink(missing_ok=True)
