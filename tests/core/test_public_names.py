"""The public names are those that ``__all__`` states, and none loads the solver by itself."""

from __future__ import annotations

import subprocess
import sys

import pytest

import siting


def test_every_public_name_imports() -> None:
    for name in siting.__all__:
        assert getattr(siting, name) is not None
    assert sorted(siting.__all__) == sorted(siting._HOMES)


def test_unknown_name() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        siting.nothing  # noqa: B018


def test_importing_loads_no_solver() -> None:
    script = "import siting, sys; siting.Plan; assert not {'pyomo', 'highspy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)
