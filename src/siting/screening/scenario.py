"""A scenario that takes the candidates of a screening as its sites."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from siting.screening.describe import Candidate
from siting.screening.settings import Screening

BASE = "builtin:models/libraries/screened.yaml"
TEXT = """# Sites and points of interconnection of a screening; everything else is that of the base.
extends: "{base}"
name: {name}
title: {title}
sites: {{file: {file}, layer: candidates, ignore_columns: ["*"]}}
"""
NODES = """nodes: {{file: {file}, layer: nodes, ignore_columns: ["*"]}}
"""
CAP = """components:
  land:
    # The screening dropped candidates that no plan of at most this many sites can need.
    max_sites: {most}
"""
STAMP = "# Written by siting screen, and replaced by it as long as nothing is changed: "


def _stamp(text: str) -> str:
    """Last line of a scenario, with the checksum of the others."""
    return f"{STAMP}{hashlib.sha256(text.encode('utf-8')).hexdigest()[:16]}\n"


def is_written_scenario(path: Path) -> bool:
    """Whether a file is a scenario as it was written, unchanged since."""
    text = path.read_bytes().decode("utf-8", errors="replace")
    body, stamp, _ = text.rpartition(STAMP)
    return bool(stamp) and text == body + _stamp(body)


def write_scenario(
    settings: Screening, candidates: Sequence[Candidate], file: Path, path: Path
) -> None:
    """Write a scenario with the candidates; ``siting solve`` takes it as it is.

    Args:
        file: the candidates, seen from where the scenario shall stand. path: a new file.
    """
    table = json.dumps(file.as_posix())
    text = TEXT.format(
        base=BASE,
        name=f"{settings.name}-plan"[:64],
        title=json.dumps(f"Sites of the screening '{settings.title or settings.name}'"),
        file=table,
    )
    # without a layer of zones no candidate has a point of interconnection, and a table has rows
    if any(candidate.values["node"] is not None for candidate in candidates):
        text += NODES.format(file=table)
    if settings.reduction is not None:
        text += CAP.format(most=settings.reduction.max_sites)
    path.write_text(text + _stamp(text), encoding="utf-8", newline="\n")
