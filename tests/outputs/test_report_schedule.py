"""The schedule of the report shows what the table ``critical_path`` says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from outputs.sample import STARTS, full_plan, site_id, table
from outputs.sample_families import family_plan
from siting.core.plan import Plan
from siting.core.table import Cell
from siting.outputs.report.gantt import energisation_table, gantt_figure, waiting_sentence
from siting.outputs.report.schedule import Bar, Schedule, schedule_of
from siting.outputs.report.waiting import waiting_table, waits

FIRST, SECOND = date(2030, 1, 1), date(2031, 1, 1)


def plan_of(
    path: list[dict[str, Cell]],
    unserved: dict[date, float],
    connected: tuple[date, date] = (date(2028, 1, 1), date(2030, 1, 1)),
) -> Plan:
    """A site whose review takes 2027; halls follow until mid 2029, a second lot until 2031; its
    transformers are ordered on the first day and in service in 2030."""
    plan = full_plan()
    site = next(row for row in plan.tables["sites"] if row["site"] == site_id(0))
    timeline: list[dict[str, Cell]] = []
    for row in [r for r in plan.tables["timeline"] if r["workload"] == "inference"]:
        start = row["period_start"]
        assert isinstance(start, date)
        timeline.append({**row, "unserved_mw": unserved.get(start, 0.0)})
    halls: list[dict[str, Cell]] = [
        {"site": site_id(0), "count": n, "block_mw": 100.0, "acres": 60.0, "start_date": start,
         "in_service_date": end}
        for n, start, end in (
            (1, date(2028, 1, 1), date(2029, 7, 1)), (2, date(2029, 7, 1), SECOND),
        )
    ]  # fmt: skip
    orders: list[dict[str, Cell]] = [
        {"item": "main_bank-1", "equipment_class": "main_bank", "procurement": "pool",
         "site": site_id(0), "quantity": 1, "order_date": date(2027, 1, 1),
         "delivery_date": date(2029, 9, 7), "assign_date": date(2029, 10, 1), "in_service_date": FIRST}
    ]  # fmt: skip
    connections: list[dict[str, Cell]] = [
        {"site": site_id(0), "node": "NODE-1", "start_date": connected[0],
         "in_service_date": connected[1], "gen_tie_km": 1.0, "overnight_usd": 1.0}
    ]  # fmt: skip
    tables = {
        "sites": table([dict(site)]),
        "critical_path": table(path),
        "timeline": table(timeline),
        "halls": table(halls),
        "orders": table(orders),
        "connections": table(connections),
    }
    return replace(plan, tables=tables)


def step(
    energised: date, name: str, item: str, dates: tuple[date, date], **flags: bool
) -> dict[str, Cell]:
    """A row of the critical path; last and critical unless said otherwise."""
    return {
        "site": site_id(0),
        "energised_date": energised,
        "added_it_mw": 100.0,
        "step": name,
        "item": item,
        "started_date": dates[0],
        "finished_date": dates[1],
        "slack_months": 0,
        "is_last": flags.get("is_last", True),
        "is_critical": flags.get("is_critical", True),
    }


BANK = step(FIRST, "transformers", "main_bank", (date(2027, 1, 1), FIRST))
CONNECTION = step(FIRST, "connection", "NODE-1", (date(2028, 1, 1), FIRST), is_critical=False)
HALLS = step(
    FIRST, "halls", "halls", (date(2028, 1, 1), date(2029, 7, 1)), is_last=False, is_critical=False
)


def stages(bars: frozenset[Bar]) -> set[tuple[str, date]]:
    """Stage and end of some bars."""
    return {(bar.stage, bar.end) for bar in bars}


def test_outlined_is_what_the_table_calls_critical() -> None:
    found = schedule_of(plan_of([HALLS, BANK, CONNECTION], {date(2029, 7, 1): 100.0}))
    assert len(found.energisations) == 1
    rise = found.energisations[0]
    assert (rise.date, rise.added_mw, rise.is_waiting) == (FIRST, 100.0, True)
    assert rise.last == (BANK, CONNECTION)
    assert rise.critical == (BANK,)
    assert stages(found.critical) == stages(found.late) == {("Transformers", FIRST)}
    assert "It waited for transformers 1" in waiting_sentence(found)


def test_transformer_that_keeps_nobody_waiting_is_not_late() -> None:
    found = schedule_of(plan_of([BANK, CONNECTION], {}))
    assert stages(found.critical) == {("Transformers", FIRST)}
    assert found.late == frozenset()
    assert waiting_sentence(found) == "No load waited before any of the 1 energisations."


def test_what_halls_began_with_the_end_of_is_outlined_but_not_waited_for() -> None:
    on = date(2029, 7, 1)
    review = step(on, "review", "doe", (date(2027, 1, 1), date(2028, 1, 1)), is_last=False)
    found = schedule_of(plan_of([review, step(on, "halls", "halls", (date(2028, 1, 1), on))], {}))
    assert stages(found.critical) == {("Halls", on), ("Review", date(2028, 1, 1))}
    lines = energisation_table(full_plan(), found).lines
    assert [cell for cell in lines[0].cells if cell in ("Halls", "Review, Halls")] == ["Halls"] * 2


def test_steps_of_another_site_are_not_outlined_here() -> None:
    other = {**BANK, "site": site_id(1)}
    assert schedule_of(plan_of([other], {})).critical == frozenset()


def test_energisation_that_waited_for_the_load() -> None:
    found = schedule_of(plan_of([step(SECOND, "demand", "targets", (SECOND, SECOND))], {}))
    assert found.critical == frozenset()
    lines = energisation_table(full_plan(), found).lines
    assert lines[0].cells[3] == "Demand"


def test_late_transformers_are_red_and_outlined() -> None:
    plan = plan_of([BANK, CONNECTION], {date(2029, 7, 1): 100.0})
    figure = gantt_figure(plan, schedule_of(plan))
    assert figure is not None
    bars = {trace["name"]: trace for trace in figure["data"]}
    late = bars["Transformers for which load waited"]
    assert late["marker"]["color"] == "@red"
    assert late["marker"]["line"]["color"] == ["@ink"]
    assert "Transformers" not in bars
    assert bars["Connection"]["marker"]["line"]["color"] == ["@paper"]


def test_overlapping_bars_take_lanes_of_their_own() -> None:
    bars = tuple(
        Bar("s:x", "Halls", date(2027 + n, 1, 1), date(2029 + n, 1, 1), f"lot {n}")
        for n in range(3)
    )
    schedule = Schedule(bars, (), frozenset(), frozenset())
    figure = gantt_figure(full_plan(), schedule)
    assert figure is not None
    first, second, third = figure["data"][0]["y"]
    # the third begins when the first ends, and shares its lane
    assert first == third != second


def test_rented_units_arrive_after_their_months() -> None:
    bars = [bar for bar in schedule_of(family_plan()).bars if bar.stage == "Rented power"]
    # two units in 2030, one more a year later, six months after the decision
    assert [(bar.start, bar.end) for bar in bars] == [
        (date(2029, 7, 1), date(2030, 1, 1)),
        (date(2030, 7, 1), date(2031, 1, 1)),
    ]
    assert STARTS[6] == date(2030, 1, 1)


def test_what_each_site_waited_for_on_paper(toy_plan: Plan) -> None:
    """`far` has connection and hall by July 2027, when its load is asked for, and its bank could have come six
    months before; the hall of `near` could have been begun six months before its connection and bank came."""
    shown = waiting_table(toy_plan, schedule_of(toy_plan))
    assert [line.cells for line in shown.lines] == [
        ("Far", "0", "2027-07-01", "Connection, Halls, Demand", "–", "–"),
        ("Near", "100", "2028-01-01", "Connection, Transformers (main bank)", "–", "–"),
    ]


def test_a_site_that_grows_has_its_last_rise_too() -> None:
    """Its first load waits for transformers and its second lot for halls."""
    lot = step(SECOND, "halls", "halls", (date(2029, 7, 1), SECOND))
    plan = plan_of([BANK, CONNECTION, lot], {})
    (shown,) = waiting_table(plan, schedule_of(plan)).lines
    assert shown.cells[2:] == (
        FIRST.isoformat(),
        "Transformers (main bank)",
        SECOND.isoformat(),
        "Halls",
    )


def test_items_are_named_where_the_step_does_not_tell() -> None:
    steps: list[dict[str, Cell]] = [
        {"step": "review", "item": "environmental_assessment", "site": "a"},
        {"step": "connection", "item": "node-7", "site": "a"},
        {"step": "review", "item": "environmental_assessment", "site": "a"},
        {"step": "limit", "item": "headroom of zone west", "site": "a"},
        {"step": "plant", "item": "gas_turbine@a", "site": "a"},
        {"step": "plant", "item": "solar_storage@WEST", "site": "a"},
    ]
    assert waits(full_plan(), steps) == (
        "Review (environmental assessment), Connection, A limit (headroom of zone west), "
        "Power plants (gas turbine), Power plants (solar storage in WEST)"
    )
