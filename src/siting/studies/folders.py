"""Where the plans of a comparison lie in its folder."""

from __future__ import annotations

import re

PLANS = "plans"
"""Folder of the plans, each in one of its own."""


def folder_name(plan: str) -> str:
    """The name of a plan as that of a folder: letters, digits, and what ends no path."""
    return re.sub(r"[^\w.+-]", "_", plan).lstrip(".") or "_"
