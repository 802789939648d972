"""Decisions of ``cooling``: what its states commit to, and when."""

from __future__ import annotations

from collections.abc import Mapping

from siting.families.declarations import Decision

DECISIONS: Mapping[str, Decision] = {"choose": Decision("the cooling of a site", "recourse")}
