"""The public names are those that ``__all__`` states, and none loads the solver by itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import siting


def test_every_public_name_imports() -> None:
    for name in siting.__all__:
        assert getattr(siting, name) is not None
    assert sorted(siting.__all__) == dir(siting)


def test_a_public_name_stays_what_it_is_once_the_engine_is_loaded() -> None:
    """A sub-package of the same name would take the place of a function when it is imported."""
    packages = {path.stem for path in Path(siting.__file__).parent.iterdir()}
    assert not packages & set(siting.__all__)


def test_unknown_name() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        siting.nothing  # noqa: B018


def test_importing_loads_no_solver() -> None:
    script = "import siting, sys; siting.Plan; assert not {'pyomo', 'highspy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)
