"""A short part of the campaign ``reading``: every kind of file, changed at random, is read or refused."""

from __future__ import annotations

from campaigns.reading import run

from support.hostile import KINDS, kind_of


def test_changed_files_are_read_or_refused_in_words() -> None:
    count = 99
    assert {kind_of(number) for number in range(count)} == set(KINDS)
    assert list(run(seed=20, count=count)) == []
