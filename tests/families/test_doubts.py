"""What families doubt names settings that are there: a path of nothing would never warn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel

from siting.families.registry import COMPONENTS
from siting.scenario import schema


def settings_at(kind: Any, keys: list[str]) -> Iterator[Any]:
    """Types that a path reaches below one; none where a key is unknown."""
    for option in [kind, *get_args(kind)]:
        if not keys:
            yield option
        elif isinstance(option, type) and issubclass(option, BaseModel):
            fields = option.model_fields
            if keys[0] in fields:
                yield from settings_at(fields[keys[0]].annotation, keys[1:])
        elif keys[0] == "*" and get_origin(option) in (dict, list):
            yield from settings_at(get_args(option)[-1], keys[1:])


@pytest.mark.parametrize("name", COMPONENTS)
def test_every_path_is_one_of_the_family(name: str) -> None:
    doubts = COMPONENTS[name].doubts
    dates = [begin.path for begin in doubts.begins] + [end.path for end in doubts.ends]
    for path in (*(usual.path for usual in doubts.usual), *dates, *doubts.leads):
        assert any(settings_at(COMPONENTS[name].config, path.split("."))), path


@pytest.mark.parametrize("name", COMPONENTS)
def test_what_is_read_of_others_is_there(name: str) -> None:
    doubts = COMPONENTS[name].doubts
    for path in doubts.reads:
        assert any(settings_at(schema(), path.split("."))), path
        assert not path.startswith(f"components.{name}.")


def test_a_path_of_nothing_is_found() -> None:
    assert not any(settings_at(schema(), ["zones", "*", "headroom_mv"]))
    assert any(settings_at(schema(), ["zones", "*", "headroom_mw"]))
