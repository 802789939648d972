"""Decisions of ``curtailment``: what its states commit to, and when."""

from __future__ import annotations

from collections.abc import Mapping

from siting.families.declarations import Decision

DECISIONS: Mapping[str, Decision] = {"tier": Decision("the tier of a connection", "recourse")}
