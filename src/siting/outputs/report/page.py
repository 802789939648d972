"""One file that works offline: any list of sections as a page with script, style and charts."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from siting.core.plan import Plan
from siting.outputs.report.blocks import Section, charts_of, maps_of
from siting.outputs.report.palette import palette_style
from siting.outputs.report.sections import plan_sections
from siting.outputs.report.words import headline, key_numbers

PACKAGE = "siting.outputs.report"


@dataclass(frozen=True)
class Page:
    """Everything on a page.

    Attributes:
        kicker: what kind of page it is, above the title.
        lead: the answer in words.
        alarm: why it must not be relied on; empty where it may.
        numbers: value and meaning of the numbers that say most.
    """

    kicker: str
    title: str
    lead: str
    numbers: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    version: str
    alarm: str = ""


def write_report(plan: Plan, path: Path) -> None:
    """Write the report of a plan."""
    write_page(plan_page(plan), path)


def plan_page(plan: Plan) -> Page:
    """The report of a plan."""
    alarm = "The audit failed. Do not rely on this plan." if plan.findings else ""
    return Page(
        kicker=f"Siting plan · {plan.name}",
        title=plan.title,
        lead=headline(plan),
        numbers=tuple(key_numbers(plan)),
        sections=plan_sections(plan),
        version=plan.versions.get("siting", ""),
        alarm=alarm,
    )


def write_page(page: Page, path: Path) -> None:
    """Write a page; the same page gives the same bytes."""
    environment = Environment(
        loader=PackageLoader(PACKAGE, "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    html = environment.get_template("template.html").render(_content(page))
    path.write_text(html, encoding="utf-8", newline="\n")


def _content(page: Page) -> dict[str, Any]:
    """Everything that the template shows."""
    maps = maps_of(page.sections)
    figures = {
        name: figure for section in page.sections for name, figure in charts_of(section.blocks)
    }
    names = ["page.js", *(["map.js"] if maps else [])]
    scripts = [_unix(get_plotlyjs()), *(_file(name) for name in names)]
    return {
        "page": page,
        "data": Markup(script_json({"figures": figures, "map": maps[0].data if maps else None})),
        "style": Markup(palette_style() + _file("style.css")),
        "scripts": [Markup(script) for script in scripts],
        "hashes": " ".join(_hash(script) for script in scripts),
    }


def script_json(data: Mapping[str, Any]) -> str:
    """JSON that cannot leave its script element."""
    text = json.dumps(data, allow_nan=False, separators=(",", ":"), sort_keys=True)
    for bad in "<>&\u2028\u2029":
        text = text.replace(bad, f"\\u{ord(bad):04x}")
    return text


def _file(name: str) -> str:
    """Text of a file of the report."""
    return _unix(resources.files(PACKAGE).joinpath(name).read_text(encoding="utf-8"))


def _unix(text: str) -> str:
    """Text with the line ends that a browser hashes."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _hash(script: str) -> str:
    """Source expression by which the content security policy admits a script."""
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
