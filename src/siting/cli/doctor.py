"""``siting doctor``: what is installed, what the machine offers, and whether known answers come out."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from math import nan
from typing import Any

from siting.core.errors import SitingError
from siting.core.resources import builtin_path

PACKAGES = (
    "siting", "highspy", "pyomo", "numpy", "scipy", "pandas", "pydantic", "geopandas", "shapely",
    "pyproj", "pyogrio", "pyarrow", "openpyxl", "plotly", "matplotlib",
)  # fmt: skip
OPTIONAL = ("rasterio", "pypsa")
SCENARIOS = {
    "toy": ("three sites, solved by hand", 79_900_000.0),
    "checks/nothing-to-build": ("presolve of HiGHS 1.15.1 alone calls it infeasible", 0.0),
}
"""Scenarios with their optimum [USD], worked out on paper."""
SAME_USD = 1.0


def examined() -> tuple[dict[str, Any], list[str], bool]:
    """Data, lines, and whether all is as it should be."""
    versions = {"python": platform.python_version(), **{p: _version(p) for p in PACKAGES}}
    versions |= {p: _version(p) for p in OPTIONAL}
    missing = [p for p in PACKAGES if not versions[p]]
    cores, usable = os.cpu_count() or 1, _usable_cores()
    command = shutil.which("siting")
    checks = list(_checks())
    is_well = not missing and all(check["is_right"] for check in checks)
    data = {
        "versions": versions,
        "system": platform.platform(),
        "cores": cores,
        "usable_cores": usable,
        "command": command,
        "checks": checks,
        "is_well": is_well,
    }
    lines = ["Versions:"]
    lines += [f"  {p:12s} {v or _absent(p)}" for p, v in versions.items()]
    lines.append(f"Machine: {platform.platform()}, {usable} of {cores} cores may be used.")
    lines.append(f"Command: {command or 'siting is not on the PATH; see the README'}")
    lines.append("Known answers:")
    lines += [
        f"  {'right' if c['is_right'] else 'WRONG'}  {c['what']}: {c['found']}" for c in checks
    ]
    ends = "All is well." if is_well else "Something is wrong: do not trust a plan made here."
    return data, [*lines, ends], is_well


def _version(package: str) -> str:
    """The version that is installed, '' for none."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _absent(package: str) -> str:
    """What the lack of a package means."""
    return "not installed (optional)" if package in OPTIONAL else "MISSING"


def _usable_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _checks() -> Iterator[dict[str, Any]]:
    """Each program with a known answer: first HiGHS alone, then the engine."""
    from siting.solver.known_answers import ASKED, answer, is_right

    for asked in ASKED:
        found = answer(asked)
        yield {
            "what": f"HiGHS alone, {asked.about}",
            "expected": asked.answer,
            "found": f"{found:g}",
            "is_right": is_right(asked),
        }
    for name, (about, expected) in SCENARIOS.items():
        usd = _optimum(name)
        yield {
            "what": f"siting, {name.rpartition('/')[2]} ({about})",
            "expected": expected,
            "found": f"{usd:,.0f} USD",
            "is_right": abs(usd - expected) <= SAME_USD,
        }


def _optimum(name: str) -> float:
    """Cost of a built-in scenario that is proven and passes its audit; NaN for any other outcome."""
    from siting.pipeline import load, run

    try:
        plan = run(load(builtin_path(f"models/{name}.yaml")))
    except SitingError:
        return nan
    return plan.objective_usd if plan.status == "OPTIMAL" and not plan.findings else nan
