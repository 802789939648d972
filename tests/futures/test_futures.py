"""Facts as they are stated: what is refused, how futures multiply, when they can be told apart."""

from __future__ import annotations

import json
from typing import Any

import pytest

from siting.core.errors import InputError
from siting.core.study import Change
from siting.core.yaml_source import Document, read_document
from siting.futures.tree import Tree, tree_of
from siting.instance.changes import changed
from siting.instance.check_futures import check_futures
from siting.pipeline import load
from siting.scenario import read_scenario
from support.engine import BUILTIN, instance_of
from support.futures import MONTHS, WEEKS, banks, outcome, with_futures

LIBRARY = BUILTIN / "models" / "libraries" / "futures.yaml"


def fault(futures: dict[str, Any]) -> str:
    with pytest.raises(InputError) as raised:
        instance_of(with_futures(futures))
    return str(raised.value)


def tree(futures: dict[str, Any]) -> Tree:
    instance = instance_of(with_futures(futures))
    assert instance.scenario.futures is not None
    return tree_of(instance.scenario.futures, instance.system.calendar)


def two_facts() -> dict[str, Any]:
    facts = banks("2027-07")["facts"]
    queue = {"short": outcome(0.2, months=(MONTHS, 6)), "long": {"probability": 0.8}}
    return {"facts": {**facts, "queue": {"known": "2028-01", "outcomes": queue}}}


def test_independent_facts_multiply_and_dates_make_stages() -> None:
    found = tree(two_facts())
    assert {future.name: round(future.probability, 9) for future in found.futures} == {
        "quick+long": 0.4,
        "quick+short": 0.1,
        "slow+long": 0.4,
        "slow+short": 0.1,
    }
    assert found.groups(0) == [[0, 1, 2, 3]]
    assert found.groups(1) == [[0, 1], [2, 3]]
    assert found.groups(2) == [[0], [1], [2], [3]]
    assert found.stages() == [1, 2]


def test_facts_that_depend_on_each_other_are_named_together() -> None:
    futures = two_facts()
    for fact in futures["facts"].values():
        for each in fact["outcomes"].values():
            del each["probability"]
    futures["together"] = [
        {"outcomes": {"banks": "quick", "queue": "short"}, "probability": 0.3},
        {"outcomes": {"banks": "slow", "queue": "long"}, "probability": 0.7},
    ]
    assert [(f.name, f.probability) for f in tree(futures).futures] == [
        ("quick+short", 0.3),
        ("slow+long", 0.7),
    ]


def test_probabilities_that_do_not_sum_to_one() -> None:
    futures = banks("2027-07")
    futures["facts"]["banks"]["outcomes"]["slow"]["probability"] = 0.4
    assert "the probabilities of 'banks' sum to 0.9" in fault(futures)
    del futures["facts"]["banks"]["outcomes"]["slow"]["probability"]
    assert "outcome 'slow' of 'banks' has no probability" in fault(futures)


def test_a_path_that_changes_nothing() -> None:
    futures = banks("2027-07")
    futures["facts"]["banks"]["outcomes"]["slow"]["changes"][0]["path"] = "zones.none.headroom_mw"
    assert "changes nothing: the path names nothing" in fault(futures)
    futures["facts"]["banks"]["outcomes"]["slow"]["changes"] = [{"path": MONTHS, "set": 12}]
    assert "changes nothing: the value is there already" in fault(futures)


def test_a_date_outside_the_horizon() -> None:
    assert "2029-01-01 is not in the horizon" in fault(banks("2029-01"))
    assert "2026-12-01 is not in the horizon" in fault(banks("2026-12"))


def test_outcomes_that_are_the_same() -> None:
    futures = banks("2027-07")
    futures["facts"]["banks"]["outcomes"]["slow"]["changes"][0]["set"] = 20
    assert "it is the same as 'quick'" in fault(futures)


def test_a_number_of_two_facts() -> None:
    futures = banks("2027-07")
    again = {"one": outcome(1.0, weeks=(WEEKS, 30))}
    futures["facts"]["again"] = {"known": "2028-01", "outcomes": again}
    assert "which 'banks' changes too" in fault(futures)


@pytest.mark.parametrize("known", ["soon", {"after_months": 3}, {"from": "rumour"}, {}])
def test_when_a_fact_becomes_known(known: Any) -> None:
    assert "futures.facts.banks.known" in fault(banks(known))


def test_an_act_and_a_date() -> None:
    found = tree(banks({"from": "delivery", "latest": "2028-01"}))
    assert found.told[0, 1] == 2
    assert [known.act for known in found.acts(0, 1)] == ["delivery"]
    assert tree(banks("delivery")).told[0, 1] == 4


def test_a_joint_outcome_twice_or_of_nothing() -> None:
    futures = two_facts()
    for fact in futures["facts"].values():
        for each in fact["outcomes"].values():
            del each["probability"]
    one = {"outcomes": {"banks": "quick", "queue": "short"}, "probability": 0.5}
    futures["together"] = [one, dict(one)]
    assert "stands in 'together' twice" in fault(futures)
    futures["together"] = [{"outcomes": {"banks": "quick", "rain": "much"}, "probability": 1.0}]
    assert "'together' names 'rain', which is not there" in fault(futures)


def test_no_cost_counts() -> None:
    futures = {**banks("2027-07"), "risk": {"expected": 0.0}}
    assert "no cost has a weight" in fault(futures)


def test_facts_that_count() -> None:
    futures = {**two_facts(), "only": ["queue"]}
    assert [future.name for future in tree(futures).futures] == ["long", "short"]
    futures["only"] = ["rain"]
    assert "'only' names 'rain', which is no fact" in fault(futures)


@pytest.mark.parametrize("name", sorted(read_document(LIBRARY).data))  # type: ignore[call-overload]
def test_facts_of_the_library_fit_the_national_scenario(name: str) -> None:
    facts = json.loads(json.dumps(read_document(LIBRARY).data))
    loaded = load(BUILTIN / "models" / "federal-2035.yaml")
    resolved = {**loaded.instance.resolved, "futures": {"facts": facts, "only": [name]}}
    if name == "breaker_weeks":  # the national scenario models none
        classes = read_document(LIBRARY.parent / "equipment-full.yaml", builtin=BUILTIN).data
        resolved["components"] = {**resolved["components"], "transformers": {"classes": classes}}
    settings = read_scenario(Document(resolved, {})).futures
    assert settings is not None
    assert not check_futures(settings, resolved, loaded.instance.system.calendar)
    assert all(outcome.source for outcome in settings.facts[name].outcomes.values())


def test_a_study_may_set_a_number_as_an_outcome_does() -> None:
    instance = instance_of(with_futures(banks("2027-07")))
    other = changed(instance, [Change(path=WEEKS, set=20)], "quick")
    assert other is not None
    assert other.scenario.futures is None
