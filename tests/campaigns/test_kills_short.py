"""A short part of the campaign that kills commands."""

from __future__ import annotations

import sys

import pytest
from campaigns.kills import run


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_killed_commands_leave_old_or_new_and_no_litter() -> None:
    assert list(run(seed=5, count=10, names=("solve", "screen"))) == []
