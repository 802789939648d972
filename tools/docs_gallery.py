"""Write ``docs/gallery.md``: every shipped scenario, what its file says of it, and a picture of its plan.

``python tools/docs_gallery.py`` writes the page (``make docs-math`` runs it). With ``--pictures [NAME ...]``
(``make gallery``) it first solves scenarios, all of them if none is named, and draws their plans.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from textwrap import dedent

import yaml

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "gallery.md"
PICTURES = ROOT / "docs" / "pictures" / "gallery"
OF_README = {"federal-2035": ROOT / "docs" / "pictures" / "flagship-map.png"}
"""Pictures that ``make pictures`` draws for the README."""
SMALL = ("toy", "shared-line")
"""Made-up cases, which come first; then parts of the nation, then the nation."""
NATIONAL = ("federal-2035", "hedge-2035")
CHANGE = re.compile(r"((?:--set )?(?:\w+\.)+\w+=[\w-]+)")
"""What ``--set`` takes."""
COLOURS = 128
"""Colours of a picture: enough for all of a map, in a quarter of the bytes."""
INTRODUCTION = """<!-- Written by tools/docs_gallery.py (make docs-math) from the files in models. -->

# Gallery

Every scenario that comes with `siting`, in the words of its file, with the plan that solves it (`make gallery`
draws the pictures anew). To take one as a start: `siting init NAME --scenario SCENARIO`. What each is tested to
show stands in [scenarios](guide/scenarios.md#scenarios-that-come-with-it).
"""


def scenarios() -> list[Path]:
    """Files of the shipped scenarios, small ones first."""
    paths = sorted((ROOT / "models").glob("*.yaml"))
    order = {name: place for place, name in enumerate(SMALL)}
    return sorted(
        paths,
        key=lambda path: (order.get(path.stem, len(SMALL)), path.stem.startswith(NATIONAL)),
    )


def page() -> str:
    """The page as it should be."""
    return "\n".join([INTRODUCTION, *(_entry(path) for path in scenarios())]).rstrip() + "\n"


def picture_of(path: Path) -> Path:
    """Where the picture of a scenario is, or would be."""
    return OF_README.get(path.stem, PICTURES / f"{path.stem}.png")


def _entry(path: Path) -> str:
    """Title, text and picture of a scenario."""
    text = path.read_text(encoding="utf-8")
    said = yaml.safe_load(text)
    head = [line for line in text.partition("\nschema_version:")[0].splitlines() if line]
    lines = [f"## {said['title']}", "", f"`{path.stem}`: [the file](../models/{path.name})", ""]
    picture = picture_of(path)
    if picture.exists():
        place = picture.relative_to(PAGE.parent).as_posix()
        lines += [f"![Map of the plan of {path.stem}]({place})", ""]
    lines += _paragraphs(line.removeprefix("#") for line in head)
    return "\n".join(lines).rstrip() + "\n"


def _paragraphs(comment: Iterable[str]) -> Iterator[str]:
    """A comment as Markdown: what it indents stands as it is."""
    for is_table, lines in groupby(comment, key=lambda line: line.startswith("  ")):
        text = "\n".join(line.removeprefix(" ") for line in lines).strip("\n")
        if text:
            yield f"```text\n{dedent(text)}\n```\n" if is_table else f"{_marked(text)}\n"


def _marked(text: str) -> str:
    """Running text; changes of numbers stand as code."""
    parts = CHANGE.split(re.sub(r"([*<])", r"\\\1", text))
    return "".join(f"`{part}`" if place % 2 else part for place, part in enumerate(parts))


def draw(path: Path) -> None:
    """Solve a scenario and draw its plan."""
    from PIL import Image

    with tempfile.TemporaryDirectory() as folder:
        out, drawn = Path(folder) / "out", Path(folder) / "map.png"
        for words in (["solve", str(path), "-o", str(out)], ["map", str(out), "-o", str(drawn)]):
            subprocess.run([sys.executable, "-m", "siting.cli", *words], check=True)
        PICTURES.mkdir(parents=True, exist_ok=True)
        with Image.open(drawn) as picture:
            plain = picture.convert("RGB")
            small = plain.quantize(
                COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
            )
        small.save(picture_of(path), optimize=True)


def main(words: list[str]) -> None:
    """Draw what is asked, and write the page."""
    if words[:1] == ["--pictures"]:
        for path in scenarios():
            if path.stem not in OF_README and path.stem in (words[1:] or [path.stem]):
                draw(path)
    PAGE.write_text(page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
