"""Shared fixtures: the toy scenario, its plan, and its folder."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from siting.core.plan import Plan
from siting.outputs.write import write_plan
from siting.pipeline import Loaded, load, run
from support.engine import BUILTIN, TOY

# The machine may be slow: only what a property finds may fail a test, never how long it takes.
settings.register_profile(
    "project", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("project")
# Tests that stop themselves by Ctrl-C work however they were started: a shell's background job ignores it.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How much work the tests were, whatever else the machine did."""
    spent = os.times()
    seconds = spent.user + spent.system + spent.children_user + spent.children_system
    terminalreporter.write_line(f"processor time: {seconds:.0f} s")


@pytest.fixture(scope="session")
def toy_loaded() -> Loaded:
    """The toy scenario, checked."""
    return load(TOY)


@pytest.fixture(scope="session")
def toy_plan(toy_loaded: Loaded) -> Plan:
    """The toy scenario, solved."""
    return run(toy_loaded)


@pytest.fixture(scope="session")
def pjm_plan() -> Plan:
    """The PJM restart scenario, solved."""
    return run(load(BUILTIN / "models" / "restart-pjm.yaml"))


@pytest.fixture(scope="session")
def pjm_folder(pjm_plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The PJM plan, written."""
    folder = tmp_path_factory.mktemp("plan") / "restart-pjm"
    write_plan(pjm_plan, folder)
    yield folder
