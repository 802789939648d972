"""Write ``certificate.json`` and ``search.log``, and read them back, whatever stands in their place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isfinite
from pathlib import Path
from typing import Any

from siting.core.plan import Plan
from siting.outputs.plain import UnreadableError, read_text
from siting.outputs.tables import summary
from siting.solution.certificate import CERTIFICATE, LOG, MIRRORED, SEAL, reaches, sha256_of_rest

SEARCH = "the search of HiGHS in whole units, as claimed"
DUALS = "the duals below: weak duality, by arithmetic alone"


@dataclass(frozen=True)
class StoredCertificate:
    """What a folder holds: data as read, the log, and why either cannot be read."""

    data: Any
    log: str | None
    unreadable: tuple[str, ...]


def write_search_log(plan: Plan, path: Path) -> None:
    """``search.log``: a line for each step of the search."""
    path.write_text(plan.search_log, encoding="utf-8", newline="\n")


def write_certificate(plan: Plan, path: Path) -> None:
    """``certificate.json``; a line for each row that has a dual."""
    told = summary(plan)
    is_whole = isfinite(plan.bound_usd) and reaches(
        plan.relaxation.get("bound_usd", -inf), plan.bound_usd
    )
    how = {
        "objective_usd": "the sum of tables/costs.csv, each cost recomputed by the audit",
        "bound_usd": DUALS if is_whole else SEARCH,
        "gap": "objective less bound, as a share of the objective",
        "status": "OPTIMAL where the gap of every goal is the one asked for, AUDIT_FAILED by findings",
    }
    data: dict[str, Any] = {
        **{key: {"value": told[key], "how": how[key]} for key in MIRRORED},
        "search": {
            "solver": f"HiGHS, highspy {plan.versions.get('highspy', '')}".strip(),
            "log": LOG,
            "log_sha256": hashlib.sha256(plan.search_log.encode()).hexdigest(),
        },
        "relaxation": dict(plan.relaxation),
    }
    data[SEAL] = sha256_of_rest(data)
    duals = data["relaxation"].get("duals")
    if duals:
        data["relaxation"]["duals"] = None
    text = json.dumps(data, indent=1, sort_keys=True, allow_nan=False, ensure_ascii=False)
    text = text.replace('"duals": null', f'"duals": {_lines(duals)}')
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def _lines(duals: Mapping[str, Any] | None) -> str:
    """Duals by the name of their rows, a row a line."""
    named = []
    for name, entries in sorted((duals or {}).items()):
        rows = ",\n".join(
            f"    {json.dumps(entry, allow_nan=False, ensure_ascii=False)}" for entry in entries
        )
        named.append(f"   {json.dumps(name)}: [\n{rows}\n   ]")
    return "{\n" + ",\n".join(named) + "\n  }"


def read_certificate(folder: Path) -> StoredCertificate:
    """Both files; what cannot be read is None."""
    unreadable: list[str] = []
    texts: dict[str, str | None] = {}
    for name in (CERTIFICATE, LOG):
        try:
            texts[name] = read_text(folder / name)
        except UnreadableError as error:
            texts[name] = None
            unreadable.append(f"certificate.file: {name}: {error}")
    data, text = None, texts[CERTIFICATE]
    if text is not None:
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            unreadable.append(f"certificate.file: {CERTIFICATE}: no JSON ({str(error)[:60]})")
    return StoredCertificate(data, texts[LOG], tuple(unreadable))
