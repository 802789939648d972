"""Variables, ledger terms and constraints of ``emissions``; the formulation stands in the package."""

from __future__ import annotations

from siting.families.base import Build
from siting.families.footprint import FootprintData


def declare(build: Build, data: FootprintData) -> None:
    """Nothing to decide: ``plants`` and ``energy`` state what they emit."""
