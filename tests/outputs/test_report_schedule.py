"""What finished last before each energisation, on cases small enough for paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from outputs.sample import STARTS, full_plan, site_id, table
from outputs.sample_families import family_plan
from siting.core.plan import Plan
from siting.core.table import Cell
from siting.outputs.report.gantt import energisation_table, gantt_figure, waiting_sentence
from siting.outputs.report.schedule import Bar, Schedule, schedule_of

FIRST, SECOND = date(2030, 1, 1), date(2031, 1, 1)


def plan_of(
    load: dict[date, float],
    unserved: dict[date, float],
    connected: tuple[date, date] = (date(2028, 1, 1), date(2030, 1, 1)),
) -> Plan:
    """A site whose review takes 2027; halls follow until mid 2029, a second lot until 2031; its
    transformers are ordered on the first day and in service in 2030."""
    plan = full_plan()
    site = next(row for row in plan.tables["sites"] if row["site"] == site_id(0))
    served = 0.0
    service: list[dict[str, Cell]] = []
    timeline: list[dict[str, Cell]] = []
    for row in [r for r in plan.tables["timeline"] if r["workload"] == "inference"]:
        start = row["period_start"]
        assert isinstance(start, date)
        served = load.get(start, served)
        service.append(
            {
                "period_start": start,
                "workload": "inference",
                "region": "",
                "site": site_id(0),
                "it_mw": served,
            }
        )
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
        "service": table(service),
        "timeline": table(timeline),
        "halls": table(halls),
        "orders": table(orders),
        "connections": table(connections),
    }
    return replace(plan, tables=tables)


def stages(bars: tuple[Bar, ...] | frozenset[Bar]) -> set[tuple[str, date]]:
    """Stage and end of some bars."""
    return {(bar.stage, bar.end) for bar in bars}


def test_late_transformer_is_on_the_critical_path() -> None:
    # 100 MW in 2030 while 100 MW waited; transformers since 2027 and the connection since 2028
    # both finish then, so the transformers were under way longest
    found = schedule_of(plan_of({FIRST: 100.0}, {date(2029, 7, 1): 100.0}))
    assert len(found.energisations) == 1
    rise = found.energisations[0]
    assert (rise.date, rise.added_mw, rise.is_waiting) == (FIRST, 100.0, True)
    assert stages(rise.last) == {("Transformers", FIRST), ("Connection", FIRST)}
    assert stages(rise.longest) == {("Transformers", FIRST)}
    assert stages(found.critical) == stages(found.late) == {("Transformers", FIRST)}
    assert "transformers 1" in waiting_sentence(found)


def test_transformer_that_keeps_nobody_waiting_is_not_late() -> None:
    found = schedule_of(plan_of({FIRST: 100.0}, {}))
    assert stages(found.critical) == {("Transformers", FIRST)}
    assert found.late == frozenset()
    assert waiting_sentence(found) == "No load waited before any of the 1 energisations."


def test_connection_that_finishes_last_alone() -> None:
    later = date(2030, 7, 1)
    plan = plan_of({later: 100.0}, {FIRST: 100.0}, connected=(date(2028, 1, 1), later))
    found = schedule_of(plan)
    # a connection is asked for from the commitment on, so the review is not on its path
    assert stages(found.critical) == {("Connection", later)}
    assert found.late == frozenset()


def test_halls_wait_for_the_review() -> None:
    found = schedule_of(plan_of({date(2029, 7, 1): 100.0}, {}))
    assert stages(found.critical) == {
        ("Halls", date(2029, 7, 1)), ("Review", date(2028, 1, 1)),
    }  # fmt: skip


def test_second_energisation_waits_for_what_came_since_the_first() -> None:
    found = schedule_of(plan_of({FIRST: 100.0, SECOND: 300.0}, {}))
    second = found.energisations[1]
    assert (second.date, second.added_mw) == (SECOND, 200.0)
    assert stages(second.longest) == {("Halls", SECOND)}


def test_energisation_of_what_stood_there_already() -> None:
    found = schedule_of(plan_of({FIRST: 50.0, date(2030, 7, 1): 100.0}, {}))
    second = found.energisations[1]
    assert (second.added_mw, second.last, second.longest) == (50.0, (), ())
    lines = energisation_table(full_plan(), found).lines
    assert lines[1].cells[3] == "Nothing new: what stood there had room"


def test_late_transformers_are_red_and_outlined() -> None:
    plan = plan_of({FIRST: 100.0}, {date(2029, 7, 1): 100.0})
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
