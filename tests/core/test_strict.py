"""Strict settings: what passes, and what a planner reads when something does not."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Discriminator, Field, ValidationError, field_validator

from siting.core.errors import InputError, Issue
from siting.core.strict import (
    Count,
    Identifier,
    MonthDate,
    NonNegative,
    Positive,
    Share,
    StrictModel,
    Text,
    issues_of,
    planner_error,
    validate,
)
from siting.core.yaml_source import Document, Path_, parse_document, with_overrides


class Tier(Enum):
    FIRM = "firm"
    FLEXIBLE = "flexible"


class Fixed(StrictModel):
    kind: Literal["fixed"]
    price_usd_per_mwh: NonNegative


class Rising(StrictModel):
    kind: Literal["rising"]
    growth_frac: Share


class Curve(StrictModel):
    start_mw: Positive
    end_mw: Positive


class Step(StrictModel):
    step_mw: Positive


class Site(StrictModel):
    id: Identifier
    max_mw: Positive
    """Largest grid connection, MW."""


class Scenario(StrictModel):
    name: Text = ""
    start: MonthDate = date(2027, 1, 1)
    day: date | None = None
    sites: tuple[Site, ...] = ()
    pair: tuple[int, float] = (1, 1.0)
    lead_weeks: dict[int, Positive] = Field(default={})
    reserve_frac: Share = 0.15
    cost_usd_per_kw: NonNegative = 0.0
    lease_usd_per_acre_year: NonNegative = 0.0
    wheeling_per_mw: NonNegative = 0.0
    delay_months: Count = 0
    banks_count: Count = 0
    score: float = Field(default=0.0, gt=-10, lt=10, multiple_of=0.5)
    enabled: bool = False
    tier: Tier = Tier.FIRM
    mode: Literal["full", "fast"] = "full"
    path: str = Field(default="x", min_length=1, pattern="^x")
    tags: list[Text] = Field(default=[], min_length=0, max_length=2)
    price: Annotated[Fixed | Rising, Field(discriminator="kind")] | None = None
    prices: dict[str, Annotated[Fixed | Rising, Discriminator("kind")]] = Field(default={})
    load_mw: Positive | Literal["auto"] | Curve | None = None
    ramp: Curve | Step | None = None
    nested: list[float | list[float | Curve]] = Field(default=[])
    free: Any = None
    checked: int = 1
    worded: int = 1
    raw: list[Any] = Field(default=[], alias="raw-list")

    @field_validator("checked")
    @classmethod
    def _check(cls, value: int) -> int:
        if value > 5:
            raise ValueError("checked is above 5")
        return value

    @field_validator("worded")
    @classmethod
    def _word(cls, value: int) -> int:
        if value > 5:
            raise planner_error("found {a lot}", "a little", "Write less")
        return value


def read(text: str) -> Scenario:
    return validate(Scenario, parse_document(text, "s.yaml"))


def issues(text: str) -> list[Issue]:
    with pytest.raises(InputError) as caught:
        read(text)
    return list(caught.value.issues)


def test_what_passes() -> None:
    scenario = read(
        "name: |\n  two\n  lines\nstart: 2028-07\nday: 2028-07-04\n"
        "sites: [{id: a.b-c_1, max_mw: 5}]\npair: [2, 3]\n"
        "lead_weeks: {2027: 80, 2031: 60.5}\nreserve_frac: 1\ntier: flexible\n"
        "price: {kind: rising, growth_frac: 0}\nload_mw: auto\n"
        "ramp: {step_mw: 1}\nraw-list: [1]\n"
    )
    assert scenario.name == "two\nlines\n"
    assert (scenario.start, scenario.day) == (date(2028, 7, 1), date(2028, 7, 4))
    assert scenario.sites == (Site(id="a.b-c_1", max_mw=5.0),)
    assert type(scenario.sites[0].max_mw) is float
    assert scenario.pair == (2, 3.0)
    assert scenario.lead_weeks == {2027: 80.0, 2031: 60.5}
    assert (scenario.tier, scenario.load_mw) == (Tier.FLEXIBLE, "auto")
    assert (scenario.price, scenario.ramp) == (
        Rising(kind="rising", growth_frac=0),
        Step(step_mw=1),
    )
    with pytest.raises(ValidationError):
        scenario.name = "frozen"  # type: ignore[misc]


def test_month_date() -> None:
    class Model(StrictModel):
        at: MonthDate

    assert Model(at=date(2030, 2, 3)).at == date(2030, 2, 3)
    assert Model.model_validate({"at": "2030-02"}).at == date(2030, 2, 1)
    assert validate(Model, Document({"at": date(2030, 2, 3)}, {})).at == date(2030, 2, 3)
    with pytest.raises(ValidationError):
        Model(at=datetime(2030, 2, 3))
    assert Model.model_json_schema()["properties"]["at"] == {
        "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?$",
        "title": "At",
        "type": "string",
    }


@given(st.dates(date(1000, 1, 1)))
def test_month_date_round_trip(day: date) -> None:
    text = f"start: {day.isoformat()}\nday: {day.isoformat()}\n"
    assert read(text).start == read(text).day == day
    assert read(f"start: {day.isoformat()[:7]}").start == day.replace(day=1)


def test_docstrings_under_fields_reach_the_schema() -> None:
    field = Site.model_json_schema()["properties"]["max_mw"]
    assert field["description"] == "Largest grid connection, MW."


MAPPING = "a mapping (lines of 'key: value')"
QUOTED = "Write 300 without quotes, commas or underscores"
CASES = [
    ("sites: [{id: a, max_mw: abc}]", "found text 'abc'", "a number of MW", ""),
    ("sites: [{id: a, max_mw: 300 MW}]", "found text '300 MW'", "a number of MW",
     "Write 300 without 'MW'"),
    ("cost_usd_per_kw: $1,300.5", "found text '$1,300.5'", "a number of US dollars per kW",
     "Write 1300.5 without quotes, commas or underscores"),
    ("cost_usd_per_kw: '300'", "found text '300'", "a number of US dollars per kW", QUOTED),
    ("cost_usd_per_kw: 007", "found text '007'", "a number of US dollars per kW",
     "Remove the leading zeros"),
    ("cost_usd_per_kw: '" + "1" * 61 + "'", "found text '" + "1" * 59 + "…'",
     "a number of US dollars per kW", ""),
    ("cost_usd_per_kw: true", "found true", "a number of US dollars per kW", ""),
    ("cost_usd_per_kw: [1]", "found a list of 1 items", "a number of US dollars per kW", ""),
    ("cost_usd_per_kw: {a: 1}", "found a mapping", "a number of US dollars per kW", ""),
    ("cost_usd_per_kw: null", "found nothing (null)", "a number of US dollars per kW",
     "Write a number, or remove the key if it has a default"),
    ("cost_usd_per_kw: -5", "found number -5", "a number of US dollars per kW of at least 0",
     "Remove the minus sign or correct the number"),
    ("lease_usd_per_acre_year: a", "found text 'a'", "a number of US dollars per acre year", ""),
    ("wheeling_per_mw: a", "found text 'a'", "a number per MW", ""),
    ("reserve_frac: 15", "found number 15", "a share between 0 and 1",
     "Divide a percentage by 100: 15 % is 0.15"),
    ("reserve_frac: 150", "found number 150", "a share between 0 and 1", ""),
    ("reserve_frac: 15 %", "found text '15 %'", "a share between 0 and 1", "Write 0.15"),
    ("delay_months: 1.5", "found number 1.5", "a whole number of months",
     "Round it, for instance to 2"),
    ("delay_months: -1", "found number -1", "a number of months of at least 0",
     "Remove the minus sign or correct the number"),
    ("delay_months: x", "found text 'x'", "a whole number of months", ""),
    ("lead_weeks: {2027: soon}", "found text 'soon'", "a number of weeks", ""),
    ("lead_weeks: {soon: 80}", "found text 'soon'", "a whole number of weeks", ""),
    ("score: 10", "found number 10", "a number below 10", ""),
    ("score: -10", "found number -10", "a number above -10",
     "Remove the minus sign or correct the number"),
    ("score: 0.3", "found number 0.3", "Input should be a multiple of 0.5", ""),
    ("scroe: 1", "unknown key 'scroe'", "one of 'name', 'start'", "Write 'score' instead"),
    ("zzzz: 1", "unknown key 'zzzz'", "one of 'name', 'start'", "Remove it"),
    ("sites: [{id: a}]", "missing key 'max_mw'", "a number of MW", "Add 'max_mw'"),
    ("sites: [{max_mw: 1}]", "missing key 'id'", "text", "Add 'id'"),
    ("sites: [5]", "found number 5", MAPPING, ""),
    ("sites: {id: a}", "found a mapping", "a list", "Start each item with '- '"),
    ("lead_weeks: [1]", "found a list of 1 items", MAPPING, ""),
    ("sites: [{id: 12086, max_mw: 1}]", "found number 12086", "text",
     "Put it in quotes: '12086'"),
    ("sites: [{id: a/b, max_mw: 1}]", "found text 'a/b'",
     "1 to 64 letters, digits, '_', '-' or '.', not only dots", ""),
    ("sites: [{id: .., max_mw: 1}]", "found text '..'",
     "1 to 64 letters, digits, '_', '-' or '.', not only dots", "Use another name"),
    ('name: "a\\rb"', "found text 'a\\rb'", "text without control characters", ""),
    ("name: " + "x" * 4001, "found text 'x", "at most 4000 characters", ""),
    ("name: [a]", "found a list of 1 items", "text", ""),
    ("path: y", "found text 'y'", "text of the form ^x", ""),
    ("path: ''", "found text ''", "at least 1 characters", ""),
    ("tags: [a, b, c]", "found a list of 3 items", "at most 2 items", ""),
    ("enabled: yes", "found text 'yes'", "true or false", "Write true instead"),
    ("enabled: maybe", "found text 'maybe'", "true or false", ""),
    ("enabled: 1", "found number 1", "true or false", ""),
    ("tier: frim", "found text 'frim'", "'firm' or 'flexible'", "Write 'firm' instead"),
    ("mode: fats", "found text 'fats'", "'full' or 'fast'", "Write 'fast' instead"),
    ("start: 2027", "found number 2027", "a date as YYYY-MM or YYYY-MM-DD", "Write 2027-01"),
    ("start: 2027-13", "found text '2027-13', which is no real date",
     "a date as YYYY-MM or YYYY-MM-DD", ""),
    ("start: [1]", "found a list of 1 items", "a date as YYYY-MM or YYYY-MM-DD", ""),
    ("day: 5", "found number 5", "a date as YYYY-MM-DD", ""),
    ("checked: 6", "checked is above 5", "", ""),
    ("worded: 6", "found {a lot}", "a little", "Write less"),
    ("price: {kind: fxed}", "found kind 'fxed'", "one of 'fixed', 'rising'",
     "Write 'fixed' instead"),
    ("price: {growth_frac: 1}", "missing key 'kind'", "a key that names the form", "Add 'kind'"),
    ("price: {kind: fixed}", "missing key 'price_usd_per_mwh'", "a number of US dollars per MWh",
     "Add 'price_usd_per_mwh'"),
    ("prices: {a: {kind: rising, growth_frac: 2}}", "found number 2", "a share between 0 and 1",
     "Divide a percentage by 100: 2 % is 0.02"),
    ("load_mw: atuo", "found text 'atuo'",
     f"a number of MW or 'auto' or {MAPPING}", "Write 'auto' instead"),
    ("load_mw: -5", "found number -5", f"a number of MW above 0 or 'auto' or {MAPPING}",
     "Remove the minus sign or correct the number"),
    ("load_mw: {start_mw: 1}", "missing key 'end_mw'", "a number of MW", "Add 'end_mw'"),
    ("ramp: {}", "fits none of the allowed forms",
     "Curve (missing key 'start_mw') or Step (missing key 'step_mw')", "Use one of these"),
    ("nested: [[{start_mw: 1, end_mw: x}]]", "found text 'x'", "a number of MW", ""),
    ("nested: [[a]]", "found text 'a'", f"a number or {MAPPING}", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "what", "expected", "fix"), CASES)
def test_issue(text: str, what: str, expected: str, fix: str) -> None:
    (issue,) = issues(text)
    assert issue.what.startswith(what)
    assert issue.expected.startswith(expected) and bool(issue.expected) == bool(expected)
    assert issue.fix == fix


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("sites:\n  - {id: a, max_mw: 0}", "s.yaml:2:21: sites.0.max_mw"),
        ("sites:\n  - {id: a}", "s.yaml:2:5: sites.0.max_mw"),
        ("name: a\nscroe: 1", "s.yaml:2:8: scroe"),
        ("lead_weeks:\n  x: 1", "s.yaml:2:6: lead_weeks.x"),
        ("lead_weeks:\n  2027: x", "s.yaml:2:9: lead_weeks.2027"),
        ("price:\n  kind: x", "s.yaml:2:9: price.kind"),
        ("price: {}", "s.yaml:1:8: price.kind"),
        ("price: {kind: rising, growth_frac: 2}", "s.yaml:1:36: price.growth_frac"),
        ("prices:\n  rising: {kind: rising, growth_frac: 2}", "s.yaml:2:39: prices.rising.growth"),
        ("load_mw: x", "s.yaml:1:10: load_mw"),
        ("load_mw: {start_mw: 1, end_mw: x}", "s.yaml:1:32: load_mw.end_mw"),
        ("pair: [1, x]", "s.yaml:1:11: pair.1"),
        ("raw-list: 5", "s.yaml:1:11: raw-list"),
    ],
)
def test_place(text: str, where: str) -> None:
    (issue,) = issues(text)
    assert issue.where.startswith(where)


def test_missing_keys_say_what_they_want() -> None:
    class Inner(StrictModel):
        x: int

    class Model(StrictModel):
        a: int
        b_mw: float
        c: bool
        d: date
        e: Inner
        f: dict[str, int]
        g: list[int]
        h: tuple[int, ...]
        i: Literal["x"]
        j: str | None
        k: Annotated[int, Field(ge=0)] | str

    with pytest.raises(InputError) as caught:
        validate(Model, parse_document("{}", "s.yaml"))
    assert [issue.expected for issue in caught.value.issues] == [
        "a whole number",
        "a number of MW",
        "true or false",
        "a date as YYYY-MM-DD",
        MAPPING,
        MAPPING,
        "a list",
        "a list",
        "",
        "text",
        "a whole number",
    ]


def test_all_issues_in_the_order_of_the_file() -> None:
    text = "zzz: 1\nmode: x\nsites:\n  - {id: a/b, max_mw: 0}\nname: 5\n"
    assert [issue.where for issue in issues(text)] == [
        "s.yaml:1:6: zzz",
        "s.yaml:2:7: mode",
        "s.yaml:4:10: sites.0.id",
        "s.yaml:4:23: sites.0.max_mw",
        "s.yaml:5:7: name",
    ]


def test_part_of_a_document() -> None:
    document = parse_document("all:\n  - id: a\n    max_mw: 5\n  - id: b\n", "s.yaml")
    assert validate(Site, document, ("all", 0)) == Site(id="a", max_mw=5)
    with pytest.raises(InputError) as caught:
        validate(Site, document, ("all", 1))
    assert caught.value.issues[0].where == "s.yaml:4:5: all.1.max_mw"
    paths: list[Path_] = [("all", 2), ("all", "x"), ("all", 0, "id", 0), ("other",)]
    for at in paths:
        with pytest.raises(InputError) as caught:
            validate(Site, document, at)
        assert caught.value.issues[0].what == f"missing key '{at[-1]}'"


def test_overrides_with_bad_numbers_and_objects() -> None:
    document = parse_document("reserve_frac: 0\n", "s.yaml")
    changed = with_overrides(document, {"reserve_frac": float("nan"), "name": {1, 2}})
    with pytest.raises(InputError) as caught:
        validate(Scenario, with_overrides(changed, {"name": "x"}))
    (issue,) = caught.value.issues
    assert issue == Issue("override reserve_frac", "found number nan", "a share between 0 and 1")
    with pytest.raises(InputError):
        validate(Scenario, changed)


def test_root_that_is_no_mapping() -> None:
    with pytest.raises(InputError) as caught:
        validate(Site, Document([1], {}))
    assert caught.value.issues == (Issue("input", "found a list of 1 items", MAPPING),)


def test_plain_pydantic_errors_without_a_model() -> None:
    document = parse_document("load_mw: {start_mw: 1}\nzzz: 1\nsites: [{id: a}]\n", "s.yaml")
    with pytest.raises(ValidationError) as caught:
        Scenario.model_validate(document.data)
    found = issues_of(caught.value, document)
    assert "s.yaml:2:6: zzz: unknown key 'zzz'. Remove it." in map(str, found)
    assert found[0].where.startswith("s.yaml:1:10: load_mw")


def test_values_pydantic_cannot_write_as_json() -> None:
    class Loose(BaseModel):
        at: int

    document = Document({"at": date(2027, 1, 1)}, {})
    with pytest.raises(ValidationError) as caught:
        Loose.model_validate(document.data, strict=True)
    (issue,) = issues_of(caught.value, document)
    assert issue.what == "found 2027-01-01"


def test_many_known_keys_are_cut() -> None:
    names = {f"key_{number}": (int, 0) for number in range(40)}
    from pydantic import create_model

    model = create_model("Model", __base__=StrictModel, **names)  # type: ignore[call-overload]
    with pytest.raises(InputError) as caught:
        validate(model, parse_document("x: 1\n", "s.yaml"))
    assert caught.value.issues[0].expected.endswith("'key_29' and 10 more")


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "kind", "start_mw", "2027", "fixed"]), inner)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*Scenario.model_fields, "raw-list"]), JSON_VALUES))
def test_any_data_is_accepted_or_refused(data: dict[str, object]) -> None:
    try:
        validate(Scenario, Document(data, {}))
    except InputError as error:
        assert error.issues
