"""Write ``docs/mathematics``: the formulation of each family, as its docstring states it.

``python tools/docs_mathematics.py`` (``make docs-math``) writes one page a family, one of what holds in
all of them, and an index. The docstrings are the source: nobody edits the pages, and a test
compares the two.
"""

from __future__ import annotations

import re
from inspect import cleandoc
from pathlib import Path

from siting.families import core
from siting.families.registry import COMPONENTS, totals_of

FOLDER = Path(__file__).parents[1] / "docs" / "mathematics"
CORE = "core"
NOTE = "<!-- Written by tools/docs_mathematics.py (make docs-math) from {source}: change that. -->"
LABEL = re.compile(r"^(Question|Assumptions|Sources|Limits): (.)", re.MULTILINE)
SENTENCE_LABEL = re.compile(r"(?<=[.;)]) (Sources|Limits): ")
INTRODUCTION = """# Mathematics

The constraints of each family, with their symbols, units, sources and limits. A name in brackets is
the name of a constraint: it stands in the model, in the reasons for an infeasible scenario and in the
findings of the audit, with the family in front, such as `land.area_limit[site]`.
`siting explain --family NAME` prints the same text.
"""


LEDGER = """# The ledger

Families meet in named totals: while they declare, they add terms to them, and while they constrain, they read
them ([why](../decisions/0007-ledger.md)). The family that owns a total says what it means; any may add or read.
A name that nobody has declared is an error, with the nearest one.

| total | index | unit | meaning | owner |
|---|---|---|---|---|
"""


def pages() -> dict[str, str]:
    """Each page by file name."""
    texts = {CORE: core.__doc__ or "", **{k: COMPONENTS[k].formulation for k in sorted(COMPONENTS)}}
    found = {f"{name}.md": page(name, text) for name, text in texts.items()}
    lines = [f"- [`{name}`]({name}.md): {_title(text)}" for name, text in texts.items()]
    note = NOTE.format(source="the docstrings of src/siting/families")
    lines.append("- [the ledger](ledger.md): the totals in which families meet")
    index = "\n".join([note, "", INTRODUCTION, *lines, ""])
    return {"index.md": index, "ledger.md": _ledger(note), **found}


def _ledger(note: str) -> str:
    """Every total that families declare."""
    owners = {total.name: name for name, one in COMPONENTS.items() for total in one.totals}
    rows = [
        f"| `{name}` | {', '.join(total.index)} | {total.unit} | {total.meaning} "
        f"| {f'[`{owners[name]}`]({owners[name]}.md)' if name in owners else 'all'} |"
        for name, total in sorted(totals_of(COMPONENTS.values()).items())
    ]
    return "\n".join([note, "", LEDGER.rstrip(), *rows, ""])


def page(name: str, formulation: str) -> str:
    """A formulation as Markdown: headings, paragraphs, and formulas as they stand."""
    lines = cleandoc(formulation).splitlines()
    source = f"src/siting/families/{name}{'.py' if name == CORE else '/__init__.py'}"
    out = [NOTE.format(source=source), "", f"# `{name}`", "", _upper(_title(formulation)) + ".", ""]
    is_formula = False
    for line, following in zip(lines[1:], [*lines[2:], ""], strict=True):
        if line and set(line) == {"-"}:
            continue
        if line.startswith("    ") != is_formula and (line or not following.startswith("    ")):
            is_formula = not is_formula
            out += ["```text"] if is_formula else ["```", ""]
        if is_formula:
            out.append(line.removeprefix("    ").replace("``", ""))
        elif following and set(following) == {"-"}:
            out += [f"## {line}", ""]
        else:
            out += _paragraph(line)
    out += ["```"] if is_formula else []
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out)).rstrip() + "\n"


def _paragraph(line: str) -> list[str]:
    """A line of running text; what begins with a label begins a paragraph."""
    parts = re.split(r"(``.*?``)", line)
    text = "".join(
        part.replace("``", "`") if part.startswith("``") else re.sub(r"([*<|])", r"\\\1", part)
        for part in parts
    )
    text = SENTENCE_LABEL.sub(r"\n\n\1: ", text)
    text = LABEL.sub(lambda found: f"**{found[1]}.** {found[2].upper()}", text)
    return ["", text] if LABEL.match(line) else [text]


def _title(formulation: str) -> str:
    """First line of a formulation, without the name in front."""
    return cleandoc(formulation).splitlines()[0].partition(": ")[2].rstrip(".")


def _upper(text: str) -> str:
    """The same with a capital letter."""
    return text[:1].upper() + text[1:]


def main() -> None:
    """Write the pages; one of a family that is gone is removed."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    written = pages()
    for old in FOLDER.glob("*.md"):
        if old.name not in written:
            old.unlink()
    for name, text in written.items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
