"""Hostile and ordinary YAML: values, places, includes and overrides."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siting.core import yaml_scan, yaml_source
from siting.core.errors import InputError, Issue
from siting.core.yaml_source import (
    Document,
    Where,
    parse_document,
    read_document,
    shown,
    with_overrides,
)


def issues(text: str) -> tuple[Issue, ...]:
    with pytest.raises(InputError) as caught:
        parse_document(text, "s.yaml")
    return caught.value.issues


def read_issues(path: Path, builtin: Path | None = None) -> tuple[Issue, ...]:
    with pytest.raises(InputError) as caught:
        read_document(path, builtin=builtin)
    return caught.value.issues


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        target = folder / f"{name.replace('__', '/')}.yaml"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("7", 7),
        ("-3", -3),
        ("+3", 3),
        ("0", 0),
        ("08001", "08001"),
        ("01003", "01003"),
        ("00", "00"),
        ("1.5", 1.5),
        ("1e6", 1_000_000.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("-2.5E-3", -0.0025),
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("2027-01", "2027-01"),
        ("2027-01-15", "2027-01-15"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("'5'", "5"),
        ('"true"', "true"),
        ("|-\n  5", "5"),
        ("9" * 40, int("9" * 40)),
    ],
)
def test_scalars(scalar: str, value: object) -> None:
    data = parse_document(f"key: {scalar}\n", "s.yaml").data
    assert isinstance(data, dict)
    assert data["key"] == value
    assert type(data["key"]) is type(value)


def test_keys_become_text_as_written() -> None:
    document = parse_document("2027: a\ntrue: b\n08: c\n'': d\n~: e\n", "s.yaml")
    assert document.data == {"2027": "a", "true": "b", "08": "c", "": "d", "~": "e"}


def test_places() -> None:
    text = "name: x\nsites:\n  - id: a\n    mw: -5\n  - {id: b, mw: 7}\nnote: >\n  long\nnone:\n"
    places = parse_document(text, "s.yaml").places
    assert {".".join(map(str, path)): (at.line, at.column) for path, at in places.items()} == {
        "": (1, 1),
        "name": (1, 7),
        "sites": (2, 1),
        "sites.0": (3, 5),
        "sites.0.id": (3, 9),
        "sites.0.mw": (4, 9),
        "sites.1": (5, 5),
        "sites.1.id": (5, 10),
        "sites.1.mw": (5, 17),
        "note": (6, 7),
        "none": (8, 6),
    }


def test_where_falls_back_to_the_nearest_parent() -> None:
    document = parse_document("a:\n  - b: 1\n", "s.yaml")
    assert document.where(("a", 0, "b")) == "s.yaml:2:8: a.0.b"
    assert document.where(("a", 0, "c", "d")) == "s.yaml:2:5: a.0.c.d"
    assert document.where(()) == "s.yaml:1:1"
    assert Document({}, {}).where(("x",)) == "input: x"


def test_shown_is_one_short_line() -> None:
    assert shown("a\nb") == "a\\nb"
    assert shown("x" * 100, 10) == "x" * 9 + "…"


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("", "s.yaml:1:1", "the file is empty"),
        ("# only a comment\n", "s.yaml:1:1", "the file is empty"),
        ("---\n", "s.yaml:2:1", "the file is empty"),
        ("- 1\n", "s.yaml:1:1", "the file is not a mapping"),
        ("text\n", "s.yaml:1:1", "the file is not a mapping"),
        ("a: 1\n---\nb: 2\n", "s.yaml:2:1", "a second document starts"),
        ("a: &x 1\n", "s.yaml:1:4: a", "anchor '&x'"),
        ("a: [1, *x]\n", "s.yaml:1:8: a.1", "alias '*x'"),
        ("a: !!python/object:os.system {}\n", "s.yaml:1:4: a", "tag 'tag:yaml.org,2002:python"),
        ("a: !!str 5\n", "s.yaml:1:4: a", "tag 'tag:yaml.org,2002:str'"),
        ("a:\n  <<: {b: 1}\n", "s.yaml:2:3: a", "merge key '<<'"),
        ("a: .nan\n", "s.yaml:1:4: a", "found .nan"),
        ("a: -.inf\n", "s.yaml:1:4: a", "found -.inf"),
        ("a: 1e999\n", "s.yaml:1:4: a", "number 1e999 is too long or too large"),
        ("a: " + "9" * 41, "s.yaml:1:4: a", "number 9999"),
        ("a: 0." + "9" * 41, "s.yaml:1:4: a", "number 0.9999"),
        ("a: 1\nb: 2\na: 3\n", "s.yaml:3:1", "key 'a' stands on line 1 and again on line 3"),
        ("? [a, b]\n: 1\n", "s.yaml:1:3", "a list or mapping as a key"),
        ("{a: 1}: 1\n", "s.yaml:1:1", "a list or mapping as a key"),
        ("? \n: 1\n", "s.yaml:1:2", "a key is missing before ':'"),
        ("a: b\x07\n", "s.yaml:1:5", "control character U+0007"),
        ("a: 1\nb: \u2028\n", "s.yaml:2:4", "control character U+2028"),
        ('a: "\\0"\n', "s.yaml:1:4: a", "text holds the control character U+0000"),
        ('a: "\\ud800"\n', "s.yaml:1:4: a", "text holds the control character U+D800"),
        ("a: b: c\n", "s.yaml:1:5", "not readable as YAML: mapping values are not allowed here"),
        ("a:\n\t- 1\n", "s.yaml:2:1", "not readable as YAML: found character '\\t'"),
        ("a: [1\n", "s.yaml:2:1", "not readable as YAML: expected ',' or ']'"),
        ('a: "\\UFFFFFFFF"\n', "s.yaml:1:", "not readable as YAML: "),
        ("%YAML 1." + "9" * 5000 + "\n---\na: 1\n", "s.yaml:1:", "not readable as YAML: "),
        ("%YAML 2.0\n---\na: 1\n", "s.yaml:1:1", "not readable as YAML: found incompatible"),
    ],
)
def test_refused(text: str, where: str, what: str) -> None:
    found = issues(text)
    assert len(found) == 1
    assert found[0].where.startswith(where)
    assert found[0].what.startswith(what)


def test_everything_wrong_is_reported_at_once() -> None:
    text = "a: 1\na: 2\nb: .inf\nc:\n  d: 1\n  d: 2\n  e: *f\n"
    assert [issue.where for issue in issues(text)] == [
        "s.yaml:2:1",
        "s.yaml:3:4: b",
        "s.yaml:6:3: c",
        "s.yaml:7:6: c.e",
    ]


@pytest.mark.parametrize("text", ["a: 1\n" * 1000, "a: \x00" * 1000])
def test_the_number_of_issues_is_limited(text: str) -> None:
    assert len(issues(text)) == yaml_scan.MAX_ISSUES


@pytest.mark.parametrize("text", ["[" * 100_000, "a: " + "{a: " * 100_000, "- " * 1000])
def test_deep_nesting_is_one_issue(text: str) -> None:
    assert [issue.what for issue in issues(text)] == ["nested too deeply"]


def test_depth_limit_is_exact() -> None:
    inner = yaml_scan.MAX_DEPTH - 1
    assert parse_document("a: " + "[" * inner + "]" * inner, "s.yaml").data
    assert issues("a: " + "[" * (inner + 1) + "]" * (inner + 1))


def test_number_of_nodes_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_scan, "MAX_NODES", 5)
    assert parse_document("a: [1, 2]\n", "s.yaml").data == {"a": [1, 2]}
    assert [issue.what for issue in issues("a: [1, 2, 3, 4, 5]\n")] == ["too many values"]


def test_alias_bomb_and_recursive_alias() -> None:
    bomb = "a0: &a0 [x]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
    found = issues(bomb)
    assert {issue.what[:5] for issue in found} == {"ancho", "alias"}
    assert [issue.what for issue in issues("a: &x [*x]\n")] == ["anchor '&x'", "alias '*x'"]


def test_json_with_tabs_and_a_byte_order_mark() -> None:
    text = "\ufeff" + json.dumps({"a": [1, {"b": "\U0001f600"}]}, indent="\t")
    assert parse_document(text, "s.json").data == {"a": [1, {"b": "\U0001f600"}]}


PRINTABLE = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=40
)
TEXTS = PRINTABLE | st.sampled_from(["\n", "a\tb\r\n", "NO", "08001", "1e6", "<<", ".nan", ""])
VALUES = st.recursive(
    TEXTS
    | st.integers(-(10**39), 10**39)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=5), st.sampled_from([None, 2, "\t"]))
def test_json_round_trip(data: dict[str, object], indent: int | str | None) -> None:
    text = json.dumps(data, indent=indent)
    document = parse_document(text, "s.json")
    assert document.data == data
    assert json.dumps(document.data, indent=indent) == text


YAML_PIECES = st.sampled_from(
    [*"a[]{}'#\"\n\t\r\0\x85\ufeff", ": ", "- ", ", ", "  ", "&x ", "*x", "!!t ", "? ", "| ", "> "]
) | st.sampled_from(["%YAML 1.2\n", "---\n", "...\n", "<<", "1e9", ".inf", "\\U"])


@given(st.text() | st.lists(YAML_PIECES, max_size=30).map("".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        document = parse_document(text, "s.yaml")
    except InputError as error:
        assert error.issues
        assert all("\n" not in str(issue) for issue in error.issues)
    else:
        assert isinstance(document.data, dict)
        assert () in document.places


def test_include_merges_under_the_own_keys(tmp_path: Path) -> None:
    write(
        tmp_path,
        main="extends: base\nx:\n  include: [lib/one.yaml, lib/two.yaml]\n  b: {q: 9}\n  z: null\n",
        lib__one="a: 1\nb: {p: 1, q: 1}\nc: [1, 2]\nz: 5\n",
        lib__two="include: three.yaml\na: 2\nc: [3]\n",
        lib__three="d: 4\na: 3\n",
    )
    (tmp_path / "base").write_text("x: {a: 0, e: 5}\ny: 6\nextends: lib/three.yaml\n")
    document = read_document(tmp_path / "main.yaml")
    x = {"a": 0, "e": 5}
    x_own = {"a": 2, "b": {"p": 1, "q": 9}, "c": [3], "z": None, "d": 4}
    assert document.data == {"x": x | x_own, "y": 6, "d": 4, "a": 3}
    lib = tmp_path / "lib"
    assert document.where(("x", "a")) == f"{lib / 'two.yaml'}:2:4: x.a"
    assert document.where(("x", "d")) == f"{lib / 'three.yaml'}:1:4: x.d"
    assert document.where(("x", "b", "q")) == f"{tmp_path / 'main.yaml'}:4:10: x.b.q"
    assert document.where(("x", "c", 0)) == f"{lib / 'two.yaml'}:3:5: x.c.0"
    assert document.where(("y",)) == f"{tmp_path / 'base'}:2:4: y"


def test_include_inside_a_list_and_extends_below_the_root(tmp_path: Path) -> None:
    write(tmp_path, main="l:\n  - include: one.yaml\n    extends: kept\n", one="a: 1\n")
    document = read_document(tmp_path / "main.yaml")
    assert document.data == {"l": [{"a": 1, "extends": "kept"}]}


def test_file_names_are_shown_as_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, sub__main="include: ../other.yaml\nb: 1\n", other="a: 1\n")
    monkeypatch.chdir(tmp_path)
    document = read_document(Path("sub/main.yaml"))
    assert document.where(("a",)) == "other.yaml:1:4: a"
    assert document.where(("b",)) == "sub/main.yaml:2:4: b"


def test_parse_document_keeps_include_as_a_key() -> None:
    assert parse_document("include: x.yaml\n", "s.yaml").data == {"include": "x.yaml"}


def test_builtin_files(tmp_path: Path) -> None:
    builtin = tmp_path / "builtin"
    write(builtin, models__a="include: lib/b.yaml\n", models__lib__b="b: 1\n")
    write(tmp_path, main="include: builtin:models/a.yaml\n")
    document = read_document(tmp_path / "main.yaml", builtin=builtin)
    assert document.data == {"b": 1}
    assert document.where(("b",)) == "builtin:models/lib/b.yaml:1:4: b"
    assert read_document(Path("builtin:models/a.yaml"), builtin=builtin).data == {"b": 1}


@pytest.mark.parametrize(
    ("include", "what"),
    [
        ("builtin:../secret.yaml", "'builtin:../secret.yaml' leads out of the built-in folder"),
        ("builtin:/etc/passwd", "'builtin:/etc/passwd' is an absolute path"),
        ("builtin:C:/x.yaml", "'builtin:C:/x.yaml' is an absolute path"),
        ("'builtin:\\\\x.yaml'", "'builtin:\\\\x.yaml' is an absolute path"),
        ("builtin:link.yaml", "'builtin:link.yaml' leads out of the built-in folder"),
        ("builtin:linked/secret.yaml", "'builtin:linked/secret.yaml' leads out of"),
        ("builtin:climbs.yaml", "'../secret.yaml' leads out of the built-in folder"),
        ("builtin:none.yaml", "'builtin:none.yaml' cannot be read: No such file"),
        ("missing.yaml", "cannot be read: No such file"),
        (".", "is not a regular file"),
        ("/dev/null", "'/dev/null' is not a regular file"),
        ("fifo", "is not a regular file"),
        ("loop", "cannot be read: Too many levels of symbolic links"),
        ("x" * 5000, "cannot be read: File name too long"),
        ("main.yaml", "'main.yaml' includes itself"),
        ("5", "no file name"),
        ("[]", "no file name"),
        ("''", "no file name"),
        ("[secret.yaml, {a: 1}]", "no file name"),
    ],
)
def test_refused_includes(tmp_path: Path, include: str, what: str) -> None:
    builtin = tmp_path / "builtin"
    write(tmp_path, main=f"a:\n  include: {include}\n", secret="key: 1\n")
    write(builtin, climbs="include: ../secret.yaml\n")
    (builtin / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    (builtin / "linked").symlink_to(tmp_path)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    os.mkfifo(tmp_path / "fifo")
    found = read_issues(tmp_path / "main.yaml", builtin)
    assert len(found) == 1
    assert what in found[0].what
    in_main = f"{tmp_path / 'main.yaml'}:2:"
    assert found[0].where.startswith(("builtin:climbs.yaml:1:10: a.include", in_main))
    assert ": a.include" in found[0].where


def test_builtin_without_a_folder(tmp_path: Path) -> None:
    write(tmp_path, main="include: builtin:x.yaml\n")
    (issue,) = read_issues(tmp_path / "main.yaml")
    assert issue.what == "'builtin:x.yaml' needs the built-in folder, and there is none"
    (issue,) = read_issues(Path("builtin:x.yaml"))
    assert issue.where == "builtin:x.yaml"


def test_include_cycle_and_all_bad_files_at_once(tmp_path: Path) -> None:
    write(tmp_path, main="include: [one.yaml, bad.yaml, bad.yaml, gone.yaml]\n")
    write(tmp_path, one="include: two.yaml\n", two="include: main.yaml\n", bad="a: 1\na: 2\n")
    found = read_issues(tmp_path / "main.yaml")
    assert [issue.where for issue in found] == [
        f"{tmp_path / 'two.yaml'}:1:10: include",
        f"{tmp_path / 'bad.yaml'}:2:1",
        f"{tmp_path / 'main.yaml'}:1:41: include",
    ]


def test_include_depth(tmp_path: Path) -> None:
    limit = yaml_scan.MAX_INCLUDE_DEPTH
    for number in range(limit + 1):
        write(tmp_path, **{f"f{number}": f"include: f{number + 1}.yaml\n"})
    write(tmp_path, **{f"f{limit + 1}": "a: 1\n"})
    (issue,) = read_issues(tmp_path / "f0.yaml")
    assert issue.where == f"{tmp_path / f'f{limit}.yaml'}:1:10: include"
    assert issue.what == "includes nested too deeply"
    assert read_document(tmp_path / "f1.yaml").data == {"a": 1}


def test_fan_out_and_depth_over_includes_are_limited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = "".join("  " * level + "k:\n" for level in range(40))
    write(tmp_path, main=deep + "  " * 40 + "include: deep.yaml\n", deep=deep)
    assert read_issues(tmp_path / "main.yaml")[-1].what == "too much is included"
    monkeypatch.setattr(yaml_scan, "MAX_NODES", 1000)
    for number in range(6):
        names = ", ".join([f"f{number + 1}.yaml"] * 10)
        write(tmp_path, **{f"f{number}": f"include: [{names}]\n"})
    write(tmp_path, f6="a: 1\n")
    assert read_issues(tmp_path / "f0.yaml")[-1].what == "too much is included"


def test_unreadable_root_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "s.yaml"
    (issue,) = read_issues(path)
    assert issue.where == str(path)
    assert issue.what == f"'{path}' cannot be read: No such file or directory"
    path.write_bytes(b"a: 1\nb: \xff\n")
    (issue,) = read_issues(path)
    assert (issue.where, issue.what) == (f"{path}:2:4", "byte 0xff is not UTF-8")
    monkeypatch.setattr(yaml_source, "MAX_BYTES", 4)
    (issue,) = read_issues(path)
    assert issue.what == "the file is too large"


DOCUMENT = parse_document(
    "components:\n  transformers:\n    classes: {main: {unit_usd: 1}, v1.2: {unit_usd: 2}}\n"
    "sites: [{id: a}, {id: b}]\nnone: null\n",
    "s.yaml",
)


def test_overrides() -> None:
    changed = with_overrides(
        DOCUMENT,
        {
            "components.transformers.classes.main.unit_usd": 5,
            "components.transformers.classes.v1.2.unit_usd": 6,
            "sites.1.mw": 7.5,
            "sites.0": {"id": "c"},
            "sites.0.mw": 8,
            "new": [1],
        },
    )
    assert changed.data == {
        "components": {
            "transformers": {"classes": {"main": {"unit_usd": 5}, "v1.2": {"unit_usd": 6}}}
        },
        "sites": [{"id": "c", "mw": 8}, {"id": "b", "mw": 7.5}],
        "none": None,
        "new": [1],
    }
    assert changed.where(("sites", 1, "mw")) == "override sites.1.mw"
    assert changed.where(("sites", 0, "id")) == "override sites.0: sites.0.id"
    assert changed.where(("sites", 1, "id")) == "s.yaml:4:23: sites.1.id"
    assert changed.places[("new",)] == Where("override new", 0, 0)
    assert DOCUMENT.data != changed.data
    assert DOCUMENT.where(("sites", 0, "id")) == "s.yaml:4:14: sites.0.id"


@pytest.mark.parametrize(
    ("name", "what", "expected", "fix"),
    [
        (
            "components.transfomers.classes",
            "unknown path 'components.transfomers'",
            "one of components.transformers",
            "Write components.transformers.classes",
        ),
        ("sites.7.id", "unknown path 'sites.7'", "one of sites.0, sites.1", ""),
        ("sites.2", "unknown path 'sites.2'", "one of sites.0, sites.1", ""),
        ("sites.0.id.x", "unknown path 'sites.0.id.x'", "a path that ends at", "Shorten the path"),
        ("none.x", "unknown path 'none.x'", "a path that ends at 'none'", "Shorten the path"),
        ("sites.0.", "unknown path 'sites.0.'", "one of sites.0.id", ""),
        ("", "unknown path ''", "one of components, sites, none", ""),
    ],
)
def test_unknown_override(name: str, what: str, expected: str, fix: str) -> None:
    with pytest.raises(InputError) as caught:
        with_overrides(DOCUMENT, {name: 1, "new": 2})
    (issue,) = caught.value.issues
    assert issue.where == f"override {name}"
    assert (issue.what, issue.fix) == (what, fix)
    assert issue.expected.startswith(expected)


def test_all_unknown_overrides_at_once() -> None:
    with pytest.raises(InputError) as caught:
        with_overrides(DOCUMENT, {"a.b": 1, "c.d": 2})
    assert len(caught.value.issues) == 2
