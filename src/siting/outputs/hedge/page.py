"""The page of a plan under uncertainty: what to do now, what to do when the news comes, what it is worth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from siting.core.audit import number
from siting.core.labels import words
from siting.core.money import MILLIONS, unit_of
from siting.core.table import Row
from siting.families.declarations import JOINED_BY
from siting.futures.policy import NOW
from siting.futures.study import Hedge
from siting.futures.words import money, span
from siting.outputs.hedge.figures import fan_figure, map_figure, regret_figure
from siting.outputs.report.blocks import Block, Bullets, Chart, Fold, Section, TableBlock, Text
from siting.outputs.report.grid import (
    Column,
    amount,
    dollars,
    long_text,
    name_of,
    plain_table,
    text,
)
from siting.outputs.report.page import Page, write_page
from siting.outputs.report.sections import warnings_of

FEW_LINES = 12
"""Lines of what follows that are all shown; of more those of the first year."""
MOST_NAMED = 8
"""Items that a line of the tree names; the table has all."""


def write_hedge_page(hedge: Hedge, path: Path) -> None:
    """Write the page."""
    write_page(hedge_page(hedge), path)


def hedge_page(hedge: Hedge) -> Page:
    """The page of a plan under uncertainty."""
    failed = hedge.status == "AUDIT_FAILED"
    warnings = warnings_of(hedge.likeliest)
    return Page(
        kicker=f"Plan under uncertainty · {hedge.name}",
        title=hedge.title,
        lead=hedge.answer[0],
        numbers=tuple(_numbers(hedge)),
        sections=(
            Section("answer", "In words", "In words", (Bullets("", hedge.answer[1:]),)),
            *([] if warnings is None else [warnings]),
            _now(hedge),
            _tree(hedge),
            _when(hedge),
            _where(hedge),
            _cost(hedge),
            _information(hedge),
        ),
        version=hedge.likeliest.versions.get("siting", ""),
        alarm="An audit failed. Do not rely on this plan." if failed else "",
    )


def _numbers(hedge: Hedge) -> Iterator[tuple[str, str]]:
    """Value and meaning of the numbers that say most."""
    yield money(hedge.expected_cost_usd), "expected cost"
    yield str(len(hedge.plans)), "futures"
    yield span(hedge.evpi_usd), "worth of knowing every fact at once"
    if hedge.vss_usd is not None:
        yield span(hedge.vss_usd), "worth over the best plan for a single future"


def _share(cell: object) -> str:
    """A probability in percent."""
    return f"{100 * cell:.4g} %" if isinstance(cell, float) else str(cell)


SHARE = Column("probability", "Probability", _share)


def _policy(hedge: Hedge) -> list[Row]:
    """Rows of the policy with places and conditions in words."""
    plan = hedge.likeliest

    def item(cell: object) -> str:
        parts = str(cell).split(JOINED_BY)
        return " at ".join(name_of(plan, p) if p in plan.places else words(p) for p in parts)

    return [
        {**row, "item": item(row["item"]), "condition": str(row["condition"]).replace("_", " ")}
        for row in hedge.tables["policy"]
    ]


def _now(hedge: Hedge) -> Section:
    """What is to be ordered, filed and committed now."""
    rows = [row for row in _policy(hedge) if row["when"] == NOW]
    columns = (
        long_text("commits", "Decide"),
        long_text("item", "For"),
        amount("quantity", "Quantity"),
    )
    blocks: list[Block] = [
        Text(
            "Decisions of the first period: nobody knows more yet, so they are the same in every future."
        )
    ]
    if not rows:
        blocks.append(Text("Nothing has to be decided now."))
    else:
        blocks.append(TableBlock(plain_table("now-table", "What to decide now", columns, rows)))
    return Section("now", "What to decide now", "Now", tuple(blocks))


def _tree(hedge: Hedge) -> Section:
    """The decision tree in words, by date."""
    known = [_known(hedge, fact) for fact in sorted(hedge.tree.known)]
    later = [row for row in _policy(hedge) if row["when"] != NOW]
    grouped: dict[tuple[str, str], list[Row]] = {}
    for row in later:
        grouped.setdefault((str(row["date"]), str(row["condition"])), []).append(row)
    lines = [
        (when, f"{when}, {condition}: {_listed(rows)}")
        for (when, condition), rows in grouped.items()
    ]
    columns = (
        text("date", "On"),
        long_text("condition", "Whether"),
        long_text("commits", "Decide"),
        long_text("item", "For"),
        amount("quantity", "Quantity"),
        SHARE,
    )
    blocks: list[Block] = [Bullets("When each fact becomes known", tuple(known))]
    if not lines:
        blocks.append(Text("Nothing is left to be decided once the news comes."))
    else:
        table = TableBlock(plain_table("policy-table", "Decisions after today", columns, later))
        blocks += [
            *_follows(lines),
            Fold("policy", "Every decision after today", (table,)),
        ]
    return Section("tree", "What to do when the news comes", "News", tuple(blocks))


def _follows(lines: Sequence[tuple[str, str]]) -> Iterator[Block]:
    """What follows, by date; where that is long the first year, and the others behind a fold."""
    by_year: dict[str, list[str]] = {}
    for when, line in lines:
        by_year.setdefault(when[:4], []).append(line)
    if len(lines) <= FEW_LINES:
        yield Bullets("What follows", tuple(line for _, line in lines))
        return
    first, *others = by_year.items()
    yield Bullets(f"What follows in {first[0]}", tuple(first[1]))
    later = tuple(Bullets(year, tuple(of_year)) for year, of_year in others)
    if later:
        yield Fold("follows", f"What follows from {others[0][0]} on", later)


def _known(hedge: Hedge, fact: str) -> str:
    """When a fact becomes known, in words."""
    known = hedge.tree.known[fact]
    acts = {
        "delivery": "from the first delivery that differs",
        "first_unit": "from the first unit in service that differs",
        "connection": "from the first connection that tells",
    }
    parts = [] if known.act is None else [acts[known.act]]
    if known.latest is not None:
        parts.append(f"{'at the latest ' if parts else ''}on {known.latest:%Y-%m}")
    outcomes = sorted({future.outcomes[fact] for future in hedge.tree.futures})
    either = " or ".join(outcome.replace("_", " ") for outcome in outcomes)
    about = hedge.settings.facts[fact].about
    name = fact.replace("_", " ")
    subject = f"{about} ({name})" if about else words(fact)
    return f"{subject}: {either}, known {', '.join(parts)}"


def _listed(rows: list[Row]) -> str:
    """Decisions of one date and condition, the first few by name."""
    by_kind: dict[str, list[str]] = {}
    for row in rows:
        count = number(row, "quantity")
        times = f"{count:g} × " if count != 1 else ""
        by_kind.setdefault(str(row["commits"]), []).append(f"{times}{row['item']}")
    shown = []
    for kind, items in by_kind.items():
        more = len(items) - MOST_NAMED
        names = ", ".join(items[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
        shown.append(f"{kind}: {names}")
    return "; ".join(shown)


def _when(hedge: Hedge) -> Section:
    """How much load is served when."""
    label = "Load served by date over the futures: least, most, the middle; figures in the table futures"
    columns = (
        long_text("future", "Future"),
        SHARE,
        amount("late_mw_months", "Late [MW-months]"),
        amount("end_it_mw", "At the end [MW]"),
        text("first_date", "First"),
        text("half_date", "Half"),
        text("full_date", "All"),
    )
    table = plain_table("when-table", "Load by future", columns, hedge.tables["futures"])
    blocks = (Chart("fan", "", label, fan_figure(hedge)), TableBlock(table))
    return Section("when", "When load is served", "When", blocks)


def _where(hedge: Hedge) -> Section:
    """How often each site is built."""
    columns = (
        long_text("name", "Site"),
        Column("built_share_frac", "Built in", _share),
        text("first_power_p50_date", "First power, P50"),
        text("first_power_p90_date", "P90"),
        text("full_power_p50_date", "Full power, P50"),
        text("full_power_p90_date", "P90"),
    )
    rows = sorted(
        hedge.tables["dates"], key=lambda row: (-number(row, "built_share_frac"), str(row["site"]))
    )
    table = plain_table("where-table", "Sites", columns, rows)
    label = "Map of sites, darker the more often they are built; figures in the table below"
    blocks = (
        Chart("where-map", "", label, map_figure(hedge)),
        Text(
            "P50 and P90: the date that is met in half and in nine tenths of the futures, by probability."
        ),
        TableBlock(table),
    )
    return Section("where", "Where, and how surely", "Where", blocks)


def _cost(hedge: Hedge) -> Section:
    """Cost and regret by future, and of plans for a single one."""
    rows = hedge.tables["futures"].rows
    unit = unit_of(*(number(row, "cost_usd") for row in rows))
    columns = (
        long_text("future", "Future"),
        SHARE,
        dollars("cost_usd", "Cost", unit, 3),
        dollars("known_cost_usd", "If it were known", unit, 3),
        dollars("regret_usd", "Regret", unit, 3),
    )
    note = (
        "Regret is what the plan costs more in a future than the best plan made for that future alone. "
        "The bars compare the expected regret of this plan with that of plans for one future, held."
    )
    label = "Expected regret of each plan; figures in the table regret"
    blocks = (
        Text(note),
        Chart("regret", "", label, regret_figure(hedge)),
        TableBlock(plain_table("cost-table", "Cost by future", columns, rows)),
    )
    return Section("cost", "What it costs in each future", "Cost", blocks)


def _information(hedge: Hedge) -> Section:
    """What knowing earlier is worth."""
    rows = hedge.tables["information"].rows
    used = [number(row, key) for row in rows for key in ("lower_usd", "upper_usd")]
    unit = unit_of(*used, widest=MILLIONS)
    columns = (
        long_text("about", "Worth of"),
        dollars("lower_usd", "At least", unit, 1),
        dollars("upper_usd", "At most", unit, 1),
    )
    shown = [{**row, "about": _about(row)} for row in rows]
    table = plain_table("information-table", "What knowing is worth", columns, shown)
    blocks = (Text("Between what is certain and what the bounds leave open."), TableBlock(table))
    return Section("information", "What knowing earlier is worth", "Information", blocks)


def _about(row: Row) -> str:
    """What a row of the table is of."""
    return f"this plan {row['about']}" if row["what"] == "vss" else str(row["about"])
