"""Build the documentation site: ``python tools/docs_site.py [FOLDER]`` (``make docs``) writes ``out/docs``.

Pages stand in ``docs`` and in a few files beside it, and link to each other as files do. They are laid
out in a folder of their own with a page for each section, and Sphinx makes the site from that: no
connection, no warning. A page in no section, a dead link or heading and a wrong reference end the build.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
OUT = ROOT / "out" / "docs"
OTHERS = {
    "CONTRIBUTING.md": "project/contributing.md",
    "CHANGELOG.md": "project/changes.md",
    "benchmarks/RESULTS.md": "project/benchmarks.md",
    "benchmarks/DIARY.md": "project/diary.md",
    "THIRD_PARTY.md": "project/licences.md",
    "data/geo/README.md": "project/data.md",
}
"""Pages that stand beside ``docs``, and where the site has them."""
SECTIONS = {
    "start": ("First steps", "guide/spreadsheet-to-map guide/first-plan purpose glossary faq"),
    "howto/index": (
        "How to",
        "howto/restart howto/smr-fleet howto/transformers-first howto/budget howto/own-network "
        "howto/curtailment howto/screening howto/uncertainty howto/replan howto/steps-and-gap "
        "howto/cluster",
    ),
    "guide/index": (
        "Guide",
        "guide/scenarios guide/build-or-wait guide/uncertainty guide/sweep guide/replan guide/headroom "
        "guide/screening guide/outputs guide/commands guide/trust guide/sensitivity project/data",
    ),
    "gallery": ("", ""),
    "reference/index": (
        "Reference",
        "guide/fields guide/columns reference/python",
    ),
    "mathematics/index": ("", "mathematics/*"),
    "project/index": (
        "About",
        "comparison limits citing project/licences project/changes project/contributing architecture "
        "decisions/index dependencies project/benchmarks project/diary",
    ),
}
"""Sections of the site: page, title, and the pages below it; a page that is not there is left out."""
BELOW = {"decisions/index": "decisions/*"}
"""Pages that are no section and list those below them."""
LINK = re.compile(r"(?<=\]\()([^)#\s]+)((?:#[^)]*)?\))")
FENCE = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)


def page_of(path: Path) -> str | None:
    """Where the site has a Markdown file of the repository; None where it does not."""
    name = path.relative_to(ROOT).as_posix()
    if name in OTHERS:
        return OTHERS[name]
    if not name.startswith("docs/") or path.suffix != ".md":
        return None
    inside = name.removeprefix("docs/")
    return re.sub(r"(^|/)README\.md$", r"\1index.md", inside)


def linked(text: str, source: Path, page: str, folder: Path) -> str:
    """Text of a page with its links as they are in the site; what is linked and no page is copied."""

    def at(found: re.Match[str]) -> str:
        target = (source.parent / found[1]).resolve()
        if "://" in found[1] or not target.is_relative_to(ROOT):
            return found[0]
        place = page_of(target)
        if place is None:
            place = f"files/{target.relative_to(ROOT).as_posix()}"
            if target.is_dir():
                target, place = target / "README.md", f"{place}/README.txt"
            if target.suffix == ".md":
                place = f"{place.removesuffix('.md')}.txt"
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(target, folder / place)
        return os.path.relpath(place, Path(page).parent).replace(os.sep, "/") + found[2]

    parts = FENCE.split(text)
    return "".join(part if part.startswith("```") else LINK.sub(at, part) for part in parts)


def contents(below: str, folder: Path, caption: str = "") -> str:
    """A table of contents of pages that are there; ``name/*`` stands for all that are in a folder."""
    names: list[str] = []
    for name in below.split():
        if name.endswith("/*"):
            found = (path.relative_to(folder) for path in sorted(folder.glob(f"{name}.md")))
            names += [path.with_suffix("").as_posix() for path in found if path.stem != "index"]
        elif (folder / f"{name}.md").exists():
            names.append(name)
    entries = "".join(f"/{name}\n" for name in names)
    return f"\n```{{toctree}}\n:maxdepth: 1\n{caption}\n{entries}```\n"


def lay_out(folder: Path) -> None:
    """Write the pages of the site as Sphinx takes them."""
    shutil.copytree(ROOT / "docs", folder, ignore=shutil.ignore_patterns("*.md", "__pycache__"))
    for source in [*sorted((ROOT / "docs").rglob("*.md")), *(ROOT / name for name in OTHERS)]:
        page = page_of(source)
        assert page is not None
        (folder / page).parent.mkdir(parents=True, exist_ok=True)
        text = linked(source.read_text(encoding="utf-8"), source, page, folder)
        (folder / page).write_text(text, encoding="utf-8")
    for name, (title, below) in SECTIONS.items():
        path = folder / f"{name}.md"
        text = path.read_text(encoding="utf-8") if path.exists() else f"# {title}\n"
        if below:
            hidden = ":hidden:\n" if path.exists() else ""
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text + contents(below, folder, hidden), encoding="utf-8")
    for name, below in {**BELOW, "index": " ".join(SECTIONS)}.items():
        with (folder / f"{name}.md").open("a", encoding="utf-8") as file:
            file.write(contents(below, folder, ":hidden:\n"))


def html(pages: Path, out: Path, **options: Any) -> subprocess.CompletedProcess[Any]:
    """Run Sphinx over pages; whatever it warns of fails."""
    command = ["-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", "-d", str(pages / ".read")]
    return subprocess.run([sys.executable, *command, str(pages), str(out)], check=False, **options)


def build(out: Path) -> int:
    """Lay out and build; 0 where nothing was wrong."""
    pages = out.with_name(f"{out.name}.pages")
    for old in (out, pages):
        shutil.rmtree(old, ignore_errors=True)
    lay_out(pages)
    done = html(pages, out)
    shutil.rmtree(pages)
    return done.returncode


if __name__ == "__main__":
    sys.exit(build(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else OUT))
