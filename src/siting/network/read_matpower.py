"""Read MATPOWER case files, version 2, through ``matpowercaseframes``.

That reader takes text apart with regular expressions: it would read ``1,5`` as one and a half, drop
the ``;`` between two rows of one line, and pass over statements it does not know. So the text is
first checked line by line against the plain form that MATPOWER itself writes, and brought to one
row a line; anything else (formulas, loops, indexed assignments) is refused with its line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas

from siting.core.errors import InputError, Issue
from siting.core.magnitude import MOST
from siting.core.scratch import scratch_folder
from siting.network.build import RawCase
from siting.network.case import Cost

MAX_BYTES = 64 * 2**20
MAX_ISSUES = 20
START = re.compile(r"function\s+mpc\s*=\s*\w{1,80}\s*;?")
SCALAR = re.compile(r"mpc\.(version|baseMVA)\s*=\s*(?:'([\w.]{1,20})'|([-+.\deE]{1,30}))\s*;")
OPEN = re.compile(r"mpc\.([A-Za-z]\w{0,40})\s*=\s*([\[{])\s*(.*)")
NUMBER = re.compile(r"[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|Inf|inf)")
QUOTED = re.compile(r"'((?:[^']|'')*)'|\"((?:[^\"]|\"\")*)\"")
CODE = re.compile(r"(?:'[^']*'|\"[^\"]*\"|[^%'\"])*")
"""A line up to its comment: a ``%`` within quotes is text."""
BLOCK_OPEN, BLOCK_CLOSE = "%{", "%}"
"""A comment of several lines, each sign alone on its line; such comments may hold others."""
MAX_NAME_LINE = 10_000
WIDTHS = {"bus": 13, "gen": 10, "branch": 11, "gencost": 5}
"""Fewest columns of the tables that are read."""
READ = {"bus": 13, "gen": 10, "branch": 13}
"""Columns that are read; those after them are of other programs, or a user's own."""
OPENERS = {**dict.fromkeys(("version", "baseMVA", *WIDTHS, "dcline"), "["), "bus_name": "{"}
"""How fields that are read begin: numbers, or names."""
EXTENSIONS = {"if", "order", "softlims", "reserves", "iflims", "A", "N", "userfcn"}
"""Fields that change what the optimal power flow means."""
TYPE_REFERENCE, TYPE_ISOLATED = 3, 4
TYPES = (1, 2, TYPE_REFERENCE, TYPE_ISOLATED)
PIECEWISE, POLYNOMIAL = 1, 2
WHOLE_TURN = 360.0
ROUNDED_SLOPE_FRAC = 1e-4
"""Decrease of slope that the rounding of break points to five decimals explains."""


def read_matpower(path: Path, name: str) -> RawCase:
    """Read a MATPOWER case.

    Args:
        path: the file. name: how messages call it.

    Raises:
        InputError: text that is not a plain version 2 case, or tables that do not fit.
    """
    if path.stat().st_size > MAX_BYTES:
        raise _refused(name, f"{path.stat().st_size / 2**20:.0f} MiB", "at most 64 MiB")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(name, f"not UTF-8 at byte {error.start}", "plain text") from error
    tables = _tables(_plain(text, name), name)
    return _case(tables, name)


def _refused(where: str, what: str, expected: str, fix: str = "") -> InputError:
    """An error about one thing."""
    return InputError([Issue(where, what, expected, fix)])


def _plain(text: str, name: str) -> dict[str, list[str]]:
    """Statements of a case by field: one row a line, comments gone.

    Raises:
        InputError: every line that is not of the plain form, up to a limit.
    """
    fields: dict[str, list[str]] = {}
    issues: list[Issue] = []
    current, closer, blocks = "", "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() in (BLOCK_OPEN, BLOCK_CLOSE):
            blocks += 1 if line.strip() == BLOCK_OPEN else -1
            if blocks < 0:
                issues.append(Issue(f"{name}:{number}", "'%}' without '%{'", "both", "Remove it"))
                blocks = 0
            continue
        code = CODE.match(line)
        rest = "" if blocks or code is None else code[0].strip()
        if not blocks and code is not None and line[code.end() : code.end() + 1] in ("'", '"'):
            what = "a quote that is not closed"
            issues.append(Issue(f"{name}:{number}", what, "quotes in pairs", "Close it"))
            continue
        if blocks:
            continue
        if not closer:
            if not rest or START.fullmatch(rest) or rest in ("end", "return;", "return"):
                continue
            scalar, opened = SCALAR.fullmatch(rest), OPEN.fullmatch(rest)
            if scalar:
                _begin(fields, scalar[1], f"{name}:{number}", issues)
                fields[scalar[1]] = [scalar[2] or scalar[3]]
                continue
            if not opened:
                issues.append(_unknown(f"{name}:{number}", rest))
                continue
            current, closer, rest = opened[1], "]" if opened[2] == "[" else "}", opened[3]
            _begin(fields, current, f"{name}:{number}", issues, opened[2])
        rest, is_last = _until(rest, closer)
        issues += _add_rows(fields[current], rest, closer, f"{name}:{number}")
        if is_last:
            closer = ""
        if len(issues) > MAX_ISSUES:
            raise InputError(issues)
    if blocks:
        issues.append(Issue(name, "a comment '%{' that is not closed", "'%}' after it", ""))
    if closer:
        issues.append(Issue(name, f"mpc.{current} is not closed", f"'{closer};' after it", ""))
    if issues:
        raise InputError(issues)
    return fields


def _begin(
    fields: dict[str, list[str]], field: str, where: str, issues: list[Issue], opener: str = ""
) -> None:
    """Start a field; a second time is an issue, since the last would silently win, and so are names in
    place of numbers."""
    if field in fields:
        issues.append(Issue(where, f"mpc.{field} again", "each field once", "Remove one of them"))
    if opener and opener != OPENERS.get(field, opener):
        expected = "numbers in '[ ]' and names in '{ }'"
        issues.append(Issue(where, f"mpc.{field} in '{opener}'", expected, "Correct it"))
    fields[field] = []


def _until(rest: str, closer: str) -> tuple[str, bool]:
    """What stands before the end of a table, and whether it ends here."""
    for end in (f"{closer};", closer):
        if rest.endswith(end):
            return rest[: -len(end)], True
    return rest, False


def _add_rows(rows: list[str], text: str, closer: str, where: str) -> list[Issue]:
    """Add the rows of one line; text of lists of names is kept as it is."""
    if closer == "}":
        if len(text) > MAX_NAME_LINE:
            return [Issue(where, f"{len(text)} characters of names", f"{MAX_NAME_LINE} a line")]
        rows += [
            (one.replace("''", "'") or two.replace('""', '"')).strip()
            for one, two in QUOTED.findall(text)
        ]
        return []
    issues = []
    for part in text.split(";"):
        cells = part.replace(",", " ").split()
        wrong = next((cell for cell in cells if not NUMBER.fullmatch(cell)), None)
        if wrong is not None:
            issues.append(
                Issue(
                    where, f"'{wrong[:40]}' in a table of numbers", "numbers only", "Write it out"
                )
            )
        elif cells:
            rows.append("\t".join(cells))
    return issues


def _unknown(where: str, text: str) -> Issue:
    """The issue of a statement that is not data."""
    return Issue(
        where,
        f"a statement that is not plain data: '{text[:60]}'",
        "mpc.NAME = value; or mpc.NAME = [ rows of numbers ];",
        "Save the case from MATPOWER with savecase, which writes plain data",
    )


def _tables(fields: dict[str, list[str]], name: str) -> dict[str, pandas.DataFrame]:
    """The tables that are read, as ``matpowercaseframes`` gives them, with their widths checked."""
    from matpowercaseframes import CaseFrames

    issues = [
        Issue(name, f"no mpc.{field}", "version, baseMVA, bus, gen and branch", "Check the file")
        for field in ("version", "baseMVA", "bus", "gen", "branch")
        if not fields.get(field)
    ]
    if not issues and fields["version"] != ["2"]:
        issues.append(
            Issue(name, f"case version {fields['version'][0]}", "2", "Save it as version 2")
        )
    for field, least in WIDTHS.items():
        sizes = sorted({row.count("\t") + 1 for row in fields.get(field, [])})
        if len(sizes) > 1 or (sizes and sizes[0] < least):
            what = f"mpc.{field} has rows of {' and '.join(map(str, sizes))} numbers"
            issues.append(Issue(name, what, f"rows of one width, at least {least}", ""))
    issues += _check_base(fields.get("baseMVA", []), name)
    issues += _check_costs(fields.get("gencost", []), name)
    issues += [
        Issue(name, f"mpc.{field} changes what the case means", "a plain network", "Remove it")
        for field in sorted(EXTENSIONS & set(fields))
    ]
    if issues:
        raise InputError(issues)
    text = ["function mpc = case", "mpc.version = '2';", f"mpc.baseMVA = {fields['baseMVA'][0]};"]
    given = [field for field in READ if fields.get(field)]
    for field in given:
        rows = ["\t".join(row.split("\t")[: READ.get(field)]) for row in fields[field]]
        text += [f"mpc.{field} = [", *(f"{row};" for row in rows), "];"]
    with scratch_folder() as folder:
        file = folder / "case.m"
        file.write_text("\n".join(text) + "\n", encoding="utf-8")
        frames = CaseFrames(str(file), update_index=False)
    tables = {field: getattr(frames, field) for field in given}
    costs = [[float(cell) for cell in row.split("\t")] for row in fields.get("gencost", [])]
    if costs:
        tables["gencost"] = pandas.DataFrame(costs)
    tables["base"] = pandas.DataFrame({"mva": [float(frames.baseMVA)]})
    tables["titles"] = pandas.DataFrame({"title": fields.get("bus_name", [])})
    tables["dcline"] = pandas.DataFrame({"row": fields.get("dcline", [])})
    return tables


def _check_base(given: Sequence[str], name: str) -> list[Issue]:
    """A base that is no number."""
    is_one = len(given) == 1 and NUMBER.fullmatch(given[0]) is not None
    if not given or (is_one and np.isfinite(float(given[0]))):
        return []
    what = f"mpc.baseMVA is '{' '.join(given)[:40]}'"
    return [Issue(name, what, "one number above 0", "Correct it")]


def _check_costs(rows: Sequence[str], name: str) -> list[Issue]:
    """Models of costs and their counts that are no whole numbers."""
    wrong = [
        number
        for number, row in enumerate(rows, start=1)
        if any(cell % 1 != 0 or abs(cell) > MOST for cell in map(float, row.split("\t")[:4:3]))
    ]
    expected = f"whole numbers, at most {MOST:g}, in its first and fourth column"
    return [
        Issue(f"{name}: gencost row {number}", "no model of a cost", expected, "Correct it")
        for number in wrong[:MAX_ISSUES]
    ]


def _case(tables: dict[str, pandas.DataFrame], name: str) -> RawCase:
    """The common form of a case. Shunt conductance counts as load, as in MATPOWER's DC flow."""
    bus, gen, branch = tables["bus"], tables["gen"], tables["branch"]
    numbers = {"bus": bus.BUS_I, "branch, from": branch.F_BUS, "branch, to": branch.T_BUS}
    _check_numbers({**numbers, "gen": gen.GEN_BUS}, name)
    _check_types(bus, name)
    titles = list(tables["titles"].title)
    none = np.full(len(bus), np.nan)
    notes = []
    if len(tables["dcline"]):
        notes.append(f"DC lines in the case ({len(tables['dcline'])}) are left out, as in MATPOWER")
    if len(titles) not in (0, len(bus)):
        notes.append(f"{len(titles)} names for {len(bus)} buses: bus_name is left out")
    place = gen.groupby("GEN_BUS").cumcount() + 1
    return RawCase(
        name,
        float(tables["base"].mva.iloc[0]),
        pandas.DataFrame(
            {
                "id": _ids(bus.BUS_I),
                "title": titles if len(titles) == len(bus) else [""] * len(bus),
                "base_kv": bus.BASE_KV.astype(float),
                "load_mw": bus.PD.astype(float) + bus.GS.astype(float),
                "longitude": none,
                "latitude": none,
                "is_reference": bus.BUS_TYPE == TYPE_REFERENCE,
                "is_on": bus.BUS_TYPE != TYPE_ISOLATED,
            }
        ),
        pandas.DataFrame(
            {
                "id": "",
                "from": _ids(branch.F_BUS),
                "to": _ids(branch.T_BUS),
                "x_pu": branch.BR_X.astype(float),
                "tap": branch.TAP.astype(float),
                "shift_deg": branch.SHIFT.astype(float),
                "rating_mw": branch.RATE_A.astype(float),
                **_angle_limits(branch),
                "is_on": branch.BR_STATUS > 0,
            }
        ),
        pandas.DataFrame(
            {
                "id": [f"{b}-{i}" for b, i in zip(_ids(gen.GEN_BUS), place, strict=True)],
                "bus": _ids(gen.GEN_BUS),
                "min_mw": gen.PMIN.astype(float),
                "max_mw": gen.PMAX.astype(float),
                "is_on": gen.GEN_STATUS > 0,
            }
        ),
        _costs(tables.get("gencost"), len(gen), name),
        tuple(notes),
    )


def _angle_limits(branch: pandas.DataFrame) -> dict[str, pandas.Series]:
    """Limits of angle differences [degrees] by MATPOWER's rule: 0, or a whole turn, is none."""
    unlimited = pandas.Series(np.inf, branch.index)
    if "ANGMIN" not in branch or "ANGMAX" not in branch:
        return {"angle_min_deg": -unlimited, "angle_max_deg": unlimited}
    least, most = branch.ANGMIN.astype(float), branch.ANGMAX.astype(float)
    is_limited = ((least != 0) & (least > -WHOLE_TURN)) | ((most != 0) & (most < WHOLE_TURN))
    return {
        "angle_min_deg": least.where(is_limited & (least != 0), -np.inf),
        "angle_max_deg": most.where(is_limited & (most != 0), np.inf),
    }


def _check_numbers(columns: dict[str, pandas.Series], name: str) -> None:
    """Bus numbers are whole, positive, and small enough to be told apart."""
    expected = f"a positive whole number, at most {MOST:g}"
    issues = []
    for field, column in columns.items():
        numbers = column.astype(float)
        odd = (numbers % 1 != 0) | (numbers <= 0) | (numbers > MOST)
        issues += [
            Issue(f"{name}: {field}", f"bus number {value:g}", expected, "Correct it")
            for value in column[odd][:MAX_ISSUES]
        ]
    if issues:
        raise InputError(issues)


def _check_types(bus: pandas.DataFrame, name: str) -> None:
    """Bus types that MATPOWER knows."""
    odd = bus[~bus.BUS_TYPE.isin(TYPES)]
    if len(odd):
        expected = "1 (load), 2 (generator), 3 (reference) or 4 (isolated)"
        raise InputError(
            Issue(f"{name}: bus {row.BUS_I:g}", f"type {row.BUS_TYPE:g}", expected, "Correct it")
            for row in odd.head(MAX_ISSUES).itertuples()
        )


def _ids(column: pandas.Series) -> list[str]:
    """Bus numbers as text."""
    return [str(int(value)) for value in column]


def _costs(table: pandas.DataFrame | None, count: int, name: str) -> tuple[Cost, ...]:
    """Costs by generator; rows beyond the generators are those of reactive power.

    Raises:
        InputError: fewer rows than generators, or a kind of cost that is not convex and at most
            quadratic.
    """
    if table is None:
        return ()
    values = table.to_numpy(float)
    if len(values) not in (count, 2 * count):
        raise _refused(name, f"{len(values)} rows of gencost for {count} generators", "one each")
    costs, issues = [], []
    for number, row in enumerate(values[:count], start=1):
        cost = _cost(row)
        if isinstance(cost, str):
            expected = "a convex piecewise linear cost, or a polynomial of degree 2 at most"
            issues.append(Issue(f"{name}: gencost row {number}", cost, expected, "Simplify it"))
        else:
            costs.append(cost)
    if issues:
        raise InputError(issues[:MAX_ISSUES])
    return tuple(costs)


def _cost(row: np.ndarray) -> Cost | str:
    """A cost, or what is wrong with it."""
    kind, count, numbers = int(row[0]), int(row[3]), row[4:]
    needed = 2 * count if kind == PIECEWISE else count
    if kind not in (PIECEWISE, POLYNOMIAL) or count < 0 or needed > len(numbers):
        return f"cost model {kind} with {count} terms in {len(numbers)} numbers"
    if not np.isfinite(numbers[:needed]).all():
        return "a cost that is not a number"
    if kind == POLYNOMIAL:
        high, padded = numbers[: max(0, count - 3)], [0.0, 0.0, 0.0, *numbers[:count]]
        if np.any(high != 0):
            return f"a polynomial of degree {count - 1}"
        return Cost(*padded[-3:]) if padded[-3] >= 0 else "a cost that is not convex"
    points = numbers[:needed].reshape(-1, 2)
    if count == 1 or np.any(np.diff(points[:, 0]) <= 0):
        return "a piecewise cost whose MW do not increase"
    slopes = np.diff(points[:, 1]) / np.diff(points[:, 0])
    if np.any(np.diff(slopes) < -ROUNDED_SLOPE_FRAC * np.abs(slopes).max(initial=1.0)):
        return "a cost that is not convex"
    return Cost(points=tuple((float(mw), float(usd)) for mw, usd in points))
