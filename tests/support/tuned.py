"""The search with other values than it was tuned with."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import pytest


def tune(monkeypatch: pytest.MonkeyPatch, **values: Any) -> None:
    """Take other values in every module that is loaded, beside those that were changed before."""
    users = [m for name, m in sys.modules.items() if name.startswith("siting.")]
    for module in users:
        if hasattr(module, "TUNING"):
            monkeypatch.setattr(module, "TUNING", replace(module.TUNING, **values))
