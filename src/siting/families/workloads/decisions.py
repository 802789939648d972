"""Decisions of ``workloads``: what its states commit to, and when."""

from __future__ import annotations

from collections.abc import Mapping

from siting.families.declarations import Decision

DECISIONS: Mapping[str, Decision] = {
    "host": Decision("whether a site hosts a campus of a workload", "recourse"),
}
