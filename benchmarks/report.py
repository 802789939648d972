"""Measure the report of a plan in a browser without a network; prints, asserts nothing.

Run with ``python benchmarks/report.py FOLDER [--out FILE]``, where FOLDER is what ``siting solve``
wrote. The report is written again from the folder's tables, then opened in Debian's chromium.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from pydantic import TypeAdapter

from siting.core.goals import AnyGoal, GoalResult
from siting.core.plan import ModelSize, Plan
from siting.core.yaml_source import parse_document
from siting.instance.build import build_instance, places_of
from siting.outputs.read import parse_cell, read_plan_tables
from siting.outputs.report.page import write_report
from siting.scenario import read_scenario

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LOADS = 5
READY = "document.documentElement.dataset.ready === 'yes'"
STEP = """async () => {
  document.querySelectorAll('[data-layer]:not(:checked)').forEach(layer => layer.click());
  const slider = document.getElementById('date'), times = [];
  for (let place = 0; place <= Number(slider.max); place++) {
    const began = performance.now();
    slider.value = String(place);
    slider.dispatchEvent(new Event('input', {bubbles: true}));
    document.getElementById('map').getBoundingClientRect();
    await new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)));
    times.push(performance.now() - began);
  }
  return times;
}"""


def plan_of(folder: Path) -> Plan:
    """A plan as its folder states it."""
    text = (folder / "scenario.json").read_text(encoding="utf-8")
    instance = build_instance(
        read_scenario(parse_document(text, "scenario.json")), json.loads(text)
    )
    summary = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    tables, unreadable = read_plan_tables(folder)
    if unreadable:
        raise SystemExit("\n".join(unreadable))
    return Plan(
        name=summary["name"],
        title=summary["title"],
        status=summary["status"],
        objective_usd=summary["objective_usd"],
        bound_usd=_number(summary["bound_usd"], -float("inf")),
        gap=_number(summary["gap"], float("inf")),
        solve_seconds=summary["solve_seconds"],
        model=ModelSize(**summary["model"]),
        versions=summary["versions"],
        inputs=summary["inputs"],
        settings=summary["settings"],
        tables=tables,
        places=places_of(instance),
        scenario=json.loads(text),
        findings=tuple(summary["audit"]["findings"]),
        goals=tuple(_goal(goal) for goal in summary["goals"]),
    )


def _number(stated: float | None, unknown: float) -> float:
    """A bound or gap; null means that nothing is known."""
    return unknown if stated is None else stated


def _goal(stated: Mapping[str, Any]) -> GoalResult:
    """What came of a goal."""
    results = ("unit", "value", "best", "bound", "gap", "status")
    goal = TypeAdapter(AnyGoal).validate_json(
        json.dumps({key: value for key, value in stated.items() if key not in results})
    )

    def value(key: str) -> Any:
        found = stated[key]
        return parse_cell("a_date", found) if isinstance(found, str) else found

    gap = _number(stated["gap"], float("inf"))
    return GoalResult(goal, value("value"), value("best"), value("bound"), gap, stated["status"])


def main() -> None:
    """Print the measurements."""
    from playwright.sync_api import sync_playwright

    folder = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as runner:
        is_kept = "--out" in sys.argv
        path = Path(sys.argv[sys.argv.index("--out") + 1] if is_kept else f"{scratch}/report.html")
        plan = plan_of(folder)
        began = perf_counter()
        write_report(plan, path)
        print(f"{'write the report':44s} {perf_counter() - began:9.2f} s")
        print(f"{'size':44s} {path.stat().st_size / 1e6:9.2f} MB")
        browser = runner.chromium.launch_persistent_context(
            f"{scratch}/profile", executable_path="/usr/bin/chromium", args=FLAGS, offline=True
        )
        for width in (1280, 390):
            measure(browser, path, width)
        browser.close()


def measure(browser: Any, path: Path, width: int) -> None:
    """Print load and redraw at a width of the window."""
    loads, ready = [], []
    for _ in range(LOADS):
        page = browser.new_page()
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(path.resolve().as_uri())
        page.wait_for_selector("html[data-ready=yes]")
        ready.append(page.evaluate("performance.getEntriesByName('charts')[0].startTime"))
        timing = "performance.getEntriesByType('navigation')[0].loadEventEnd"
        loads.append(page.evaluate(timing))
        if len(loads) < LOADS:
            page.close()
    steps = page.evaluate(STEP)
    page.close()
    print(f"{width} px wide")
    print(f"{'  load event, median of 5':44s} {median(loads):9.0f} ms")
    print(f"{'  every chart drawn, median of 5':44s} {median(ready):9.0f} ms")
    print(f"{'  slider redraw, every layer on, median':44s} {median(steps):9.1f} ms")
    print(f"{'  slider redraw, every layer on, slowest':44s} {max(steps):9.1f} ms")


if __name__ == "__main__":
    main()
