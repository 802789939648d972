"""A short part of the campaign that tampers with written plans."""

from __future__ import annotations

from pathlib import Path

from support.tampering import failures, written_plans


def test_every_change_is_found_and_none_crashes(tmp_path: Path) -> None:
    assert list(failures(written_plans(tmp_path), seed=77, count=150)) == []
