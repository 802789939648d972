"""Readers of networks: equal to the files, refusing what they cannot mean, repairing with a count."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siting.core.errors import InputError
from siting.network.build import build_network
from siting.network.case import Cost, check_in_service, check_supply
from siting.network.dc import dc_model
from siting.network.read import read_network
from support.network import RTS, SMALL, hand, matrix, needs_grids, raw_case

CASE = """function mpc = three
%% a comment with ]; and mpc.bus = [ in it
mpc.version = '2';
mpc.baseMVA = 100;
mpc.bus = [ % type 3 is the reference
  1 3 0  0 0 0 1 1 0 230 1 1.1 0.9;
  2 1 50 0 5 0 1 1 0 230 1 1.1 0.9;
  3 1 40 0 0 0 1 1 0 230 1 1.1 0.9;
];
mpc.gen = [ 1 0 0 0 0 1 100 1 200 10 ];
mpc.branch = [
  1 2 0.01 0.1 0 60 0 0 0 0 1 -360 360;
  2 3 0.01 0.1 0 0 0 0 2 5 1 -360 360;
  1 3 0.01 0.1 0 60 0 0 0 0 0 -360 360;
];
mpc.gencost = [ 2 0 0 3 0.5 10 7 ];
mpc.bus_name = {
  'one % not a comment';
  '<img src=x onerror=alert(1)>';
  '=HYPERLINK("http://x")';
};
"""


def written(text: str, folder: Path) -> Path:
    """A case file."""
    path = folder / "case.m"
    path.write_text(text, encoding="utf-8")
    return path


def issues_of(text: str, folder: Path) -> str:
    """Everything that is wrong with a case."""
    with pytest.raises(InputError) as caught:
        read_network(written(text, folder))
    return "\n".join(map(str, caught.value.issues))


def test_matpower_case_field_by_field(tmp_path: Path) -> None:
    network = read_network(written(CASE, tmp_path))
    assert network.buses.ids == ("1", "2", "3")
    # shunt conductance counts as load
    assert network.buses.load_mw.tolist() == [0, 55, 40]
    assert network.buses.titles[0] == "one % not a comment"
    assert network.branches.ids == ("1-2", "2-3")
    assert network.branches.rating_mw.tolist() == [60, np.inf]
    # 100 MVA / 0.1, and through a tap of 2 half of it
    assert network.branches.susceptance_mw.tolist() == pytest.approx([1000, 500])
    assert network.branches.shift_rad.tolist() == pytest.approx([0, np.pi / 36])
    assert network.generators.costs == (Cost(0.5, 10, 7),)
    assert network.notes == ("1 branch out of service is left out",)


def test_commas_and_rows_in_one_line_mean_what_matlab_means(tmp_path: Path) -> None:
    one_line = CASE.replace("mpc.gen = [ 1 0", "mpc.gen = [ 1,0,0,0,0,1,100,1,30,0; 1 0")
    two_costs = one_line.replace("[ 2 0 0 3 0.5 10 7 ]", "[ 2 0 0 3 0.5 10 7; 2 0 0 2 4 1.5 0 ]")
    network = read_network(written(two_costs, tmp_path))
    assert network.generators.max_mw.tolist() == [30, 200]
    assert network.generators.ids == ("1-1", "1-2")
    assert network.generators.costs[1] == Cost(0.0, 4.0, 1.5)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("mpc.version = '2';", "mpc.version = '1';", "case version 1"),
        ("mpc.version = '2';", "system('rm -rf /');", "not plain data"),
        ("mpc.gencost", "mpc.bus(1, 3) = 9;\nmpc.gencost", "not plain data"),
        ("mpc.gencost", "mpc.(a+)+$ = [1];\nmpc.gencost", "not plain data"),
        ("mpc.gencost", "mpc.gen = [ 1 ];\nmpc.gencost", "mpc.gen again"),
        ("1 2 0.01 0.1", "1 2 0.01 x^2", "'x^2' in a table of numbers"),
        ("1 2 0.01 0.1", "1 2 0.01 2*0.05", "in a table of numbers"),
        ("1 2 0.01 0.1 0", "1 2 0.01 0.1", "rows of 12 and 13 numbers"),
        ("'2';\nmpc.baseMVA = 100;", "'2';", "no mpc.baseMVA"),
        ("mpc.baseMVA = 100;", "mpc.baseMVA = 0;", "a base of 0.0 MVA"),
        ("  3 1 40", "  2 1 40", "bus 2: stands more than once"),
        ("  3 1 40", "  3.5 1 40", "bus number 3.5"),
        ("  3 1 40", "  3 1 NaN", "'NaN' in a table of numbers"),
        ("  3 1 40", "  3 1 Inf", "a load or voltage that is not a number"),
        ("1 2 0.01 0.1", "1 9 0.01 0.1", "an end at a bus that is not in the case"),
        ("1 2 0.01 0.1", "1 2.5 0.01 0.1", "branch, to: bus number 2.5"),
        ("1 2 0.01 0.1", "1 Inf 0.01 0.1", "branch, to: bus number inf"),
        ("1 2 0.01 0.1", "-Inf 2 0.01 0.1", "branch, from: bus number -inf"),
        ("1 2 0.01 0.1", "1 2 0.01 0", "a reactance of zero"),
        ("1 2 0.01 0.1 0 60", "1 2 0.01 0.1 0 -60", "a negative rating"),
        ("1 2 0.01 0.1", "1 1 0.01 0.1", "both ends at one bus"),
        ("1 2 0.01 0.1", "1 2 0.01 1e-300", "a reactance of zero"),
        ("1 2 0.01 0.1 0 60", "1 2 0.01 0.1 0 1e300", "a number beyond reason"),
        ("1 200 10 ]", "1 1e308 10 ]", "a number beyond reason"),
        ("  3 1 40", "  3 1 1e17", "a number beyond reason"),
        ("  3 1 40", "  1152921504606846977 1 40", "bus number 1.15292e+18"),
        ("mpc.baseMVA = 100;", "mpc.baseMVA = 1e300;", "a base of 1e+300 MVA"),
        ("1 200 10 ]", "1 200 210 ]", "a least output above the most"),
        ("1 200 10 ]", "1 0 -10 ]", "dispatchable load"),
        ("1 200 10 ]", "1 Inf 10 ]", "not a finite number"),
        ("mpc.gencost", "mpc.reserves = [ 1 ];\nmpc.gencost", "mpc.reserves changes"),
        ("[ 2 0 0 3 0.5 10 7 ]", "[ 2 0 0 4 1 0.5 10 7 ]", "a polynomial of degree 3"),
        ("[ 2 0 0 3 0.5 10 7 ]", "[ Inf 0 0 3 0.5 10 7 ]", "row 1: no model of a cost"),
        ("[ 2 0 0 3 0.5 10 7 ]", "[ 2 0 0 -Inf 0.5 10 7 ]", "row 1: no model of a cost"),
        ("[ 2 0 0 3 0.5 10 7 ]", "[ 1e308 0 0 3 0.5 10 7 ]", "row 1: no model of a cost"),
        ("[ 2 0 0 3 0.5 10 7 ]", "[ 2 0 0 -1e19 0.5 10 7 ]", "row 1: no model of a cost"),
        ("[ 2 0 0 3 0.5 10 7 ]", "[ 2 0 0 2.5 0.5 10 7 ]", "row 1: no model of a cost"),
        ("[ 2 0 0 3 0.5 10 7 ]", "[ 2 0 0 3 -0.5 10 7 ]", "not convex"),
        ("[ 2 0 0 3 0.5 10 7 ]", "[ 1 0 0 3 0 0 10 100 20 150 ]", "not convex"),
        ("[ 2 0 0 3 0.5 10 7 ]", "[ 1 0 0 2 10 0 10 100 ]", "MW do not increase"),
        ("};\n", "", "mpc.bus_name is not closed"),
        ("[ 2 0 0 3 0.5 10 7 ]", "{ 'one' }", "mpc.gencost in '{'"),
        ("mpc.gen = [ 1 0 0 0 0 1 100 1 200 10 ]", "mpc.gen = { '1' }", "mpc.gen in '{'"),
        ("mpc.gencost", "mpc.dcline = { 'a' };\nmpc.gencost", "mpc.dcline in '{'"),
        ("bus_name = {", "bus_name = [ 1 2 ];\nmpc.x = {", "mpc.bus_name in '['"),
        ("mpc.baseMVA = 100;", "mpc.baseMVA = [ 100 200 ];", "mpc.baseMVA is '100"),
        ("mpc.baseMVA = 100;", "mpc.baseMVA = 'abc';", "mpc.baseMVA is 'abc'"),
        ("mpc.baseMVA = 100;", "mpc.baseMVA = -;", "mpc.baseMVA is '-'"),
        ("mpc.baseMVA = 100;", "mpc.baseMVA = Inf;", "not plain data"),
    ],
)
def test_matpower_refuses_in_words(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in CASE
    assert said in issues_of(CASE.replace(old, new), tmp_path)


def test_tables_without_rows_and_columns_of_ones_own_change_nothing(tmp_path: Path) -> None:
    plain = read_network(written(CASE.replace("[ 2 0 0 3 0.5 10 7 ]", "[ ]"), tmp_path))
    assert np.all(plain.generators.max_mw == 200)
    wide = CASE.replace("1 200 10 ]", "1 200 10 " + " 0" * 30 + "]")
    wide = wide.replace(" 1.1 0.9;", " 1.1 0.9 1 2 3 4 5 6 7;")
    found, expected = (read_network(written(text, tmp_path)) for text in (wide, CASE))
    assert np.array_equal(found.buses.load_mw, expected.buses.load_mw)
    assert np.array_equal(found.generators.max_mw, expected.generators.max_mw)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("1 100 1 200 10", "1 100 0 200 10", "no generator in service"),
        ("1 100 1 200 10", "1 100 1 200 10", ""),
    ],
)
def test_a_network_with_nothing_in_service(tmp_path: Path, old: str, new: str, said: str) -> None:
    network = read_network(written(CASE.replace(old, new), tmp_path))
    if said:
        with pytest.raises(InputError, match=said):
            check_in_service(network)
    else:
        check_in_service(network)


def test_all_problems_at_once(tmp_path: Path) -> None:
    text = CASE.replace("1 2 0.01 0.1 0 60", "1 2 0.01 0 0 -60").replace(
        "1 200 10 ]", "1 200 210 ]"
    )
    said = issues_of(text, tmp_path)
    assert all(word in said for word in ("zero", "negative rating", "least output above"))


def test_other_bytes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "case.m"
    path.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(InputError, match="not UTF-8"):
        read_network(path)
    with pytest.raises(InputError, match="no such file"):
        read_network(tmp_path / "none.m")
    (tmp_path / "case.zip").write_bytes(b"PK\x03\x04")
    with pytest.raises(InputError, match=r"unknown kind of file '\.zip'.*Unpack"):
        read_network(tmp_path / "case.zip")
    (tmp_path / "case.nc").write_bytes(b"PK\x03\x04")
    with pytest.raises(InputError, match="not netCDF"):
        read_network(tmp_path / "case.nc")
    (tmp_path / "case.nc").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    with pytest.raises(InputError, match="PyPSA cannot read it"):
        read_network(tmp_path / "case.nc")


@pytest.mark.parametrize(
    "path", [RTS, pytest.param(SMALL / "case118.m", marks=needs_grids)], ids=lambda path: path.stem
)
def test_matpower_equals_the_numbers_in_the_file(path: Path) -> None:
    network = read_network(path)
    bus, gen, branch = (matrix(path, field) for field in ("bus", "gen", "branch"))
    np.testing.assert_array_equal(network.buses.load_mw, bus[:, 2] + bus[:, 4])
    on = gen[gen[:, 7] > 0]
    np.testing.assert_array_equal(network.generators.max_mw, on[:, 8])
    np.testing.assert_array_equal(network.generators.min_mw, on[:, 9])
    tap = np.where(branch[:, 8] == 0, 1, branch[:, 8])
    np.testing.assert_allclose(network.branches.susceptance_mw, 100 / branch[:, 3] / tap)
    limit = np.where(branch[:, 5] == 0, np.inf, branch[:, 5])
    np.testing.assert_array_equal(network.branches.rating_mw, limit)


def test_rts_tables_are_the_network_of_the_matpower_file() -> None:
    """The same system published twice: the same buses, lines, ratings and factors."""
    tables, case = read_network(RTS.parent), read_network(RTS)
    assert tables.buses.ids == case.buses.ids
    np.testing.assert_allclose(tables.buses.load_mw, case.buses.load_mw)
    np.testing.assert_allclose(tables.branches.rating_mw, case.branches.rating_mw)
    np.testing.assert_allclose(
        dc_model(tables).transfer(), dc_model(case).transfer(), rtol=0, atol=1e-12
    )
    assert tables.buses.latitude[0] == pytest.approx(33.3961033)
    assert any("158 units may each run between 0 and PMax" in note for note in tables.notes)


def test_rts_tables_refuse_in_words(tmp_path: Path) -> None:
    for name in ("bus.csv", "branch.csv", "gen.csv"):
        shutil.copyfile(RTS.parent / name, tmp_path / name)
    branch, gen = tmp_path / "branch.csv", tmp_path / "gen.csv"
    branch.chmod(0o644)
    gen.chmod(0o644)
    text = branch.read_text(encoding="utf-8")
    branch.write_text(text.replace("A2,101", "A1,101"), encoding="utf-8")
    with pytest.raises(InputError, match="branch A1: stands more than once"):
        read_network(tmp_path)
    branch.write_text(text.replace("A2,101", ",101"), encoding="utf-8")
    gen.write_text(gen.read_text(encoding="utf-8").replace("PMax MW", "PMax"), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_network(tmp_path)
    said = str(caught.value)
    assert "UID: an empty cell" in said and "no column 'PMax MW'" in said
    for text in ("nan", "1_000", "\u0665", "inf", "0x10"):
        gen.write_text(f"GEN UID,Bus ID,PMax MW\ng,101,{text}\n", encoding="utf-8")
        with pytest.raises(InputError, match=f"PMax MW: '{text}'. Expected a number"):
            read_network(tmp_path)
    (tmp_path / "bus.csv").unlink()
    with pytest.raises(InputError, match=r"bus\.csv: no such file"):
        read_network(tmp_path)


def test_a_folder_of_pypsa_says_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "buses.csv").write_text("name,v_nom\n1,345\n", encoding="utf-8")
    with pytest.raises(InputError, match="a folder of CSV as PyPSA writes it"):
        read_network(tmp_path)


def pypsa_network() -> Any:
    """Two lines and a transformer between three buses, with a load of two hours."""
    import pypsa

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network = pypsa.Network()
        network.set_snapshots([0, 1])
        network.add("Bus", "DE 1", v_nom=380.0, x=10.0, y=50.0)
        network.add("Bus", "DE 2", v_nom=380.0, x=11.0, y=51.0)
        network.add("Bus", "low", v_nom=110.0)
        network.add("Bus", "gas", carrier="gas")
        network.add("Line", "long", bus0="DE 1", bus1="DE 2", x=144.4, s_nom=500.0, s_max_pu=0.8)
        network.add("Line", "free", bus0="DE 1", bus1="DE 2", x=288.8, s_nom=np.inf)
        network.add(
            "Transformer", "T", bus0="DE 2", bus1="low", x=0.1, s_nom=200.0, phase_shift=30.0
        )
        network.add("Link", "dc", bus0="DE 1", bus1="low", p_nom=10)
        network.add("Load", "l", bus="low", p_set=[50.0, 80.0])
        network.add(
            "Generator", "wind", bus="DE 1", p_nom=400.0, p_max_pu=[0.9, 0.5], marginal_cost=3.0
        )
    return network


def test_pypsa_network_field_by_field(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pypsa_network().export_to_netcdf(str(tmp_path / "net.nc"))
    network = read_network(tmp_path / "net.nc")
    assert network.buses.ids == ("DE_1", "DE_2", "low")
    assert network.buses.load_mw.tolist() == [0, 0, 80]
    assert network.branches.rating_mw.tolist() == [400, np.inf, 200]
    # 380^2/144.4 = 1000 MW/rad, half of it with twice the reactance, 200 MVA/0.1 = 2000
    assert network.branches.susceptance_mw.tolist() == pytest.approx([1000, 500, 2000])
    assert network.branches.shift_rad.tolist() == pytest.approx([0, 0, np.pi / 6])
    assert network.generators.max_mw.tolist() == [200]
    assert network.generators.costs == (Cost(0.0, 3.0),)
    said = " ".join(network.notes)
    for note in ("1 buses of other carriers", "1 links", "2 bus names", "with the most, 1"):
        assert note in said


def test_pypsa_flows_equal_pypsa(tmp_path: Path) -> None:
    """Linear power flow of PyPSA itself, phase shifter included."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        given = pypsa_network()
        given.export_to_netcdf(str(tmp_path / "net.nc"))
        given.remove("Link", "dc")
        given.lpf(1)
        expected = [*given.lines_t.p0.loc[1, ["long", "free"]], given.transformers_t.p0.loc[1, "T"]]
    network = read_network(tmp_path / "net.nc")
    np.testing.assert_allclose(
        dc_model(network).flows(np.array([80.0, 0.0, -80.0])), expected, rtol=0, atol=1e-8
    )


def test_places_from_a_table(tmp_path: Path) -> None:
    case = written(CASE, tmp_path)
    places = tmp_path / "places.csv"
    places.write_text("bus,longitude,latitude\n1,-100,30\n2,-101,31\n3,-102,32\n")
    network = read_network(case, places)
    assert network.buses.longitude.tolist() == [-100, -101, -102]
    places.write_text("bus,longitude,latitude\n1,-100,30\n2,,\n")
    partial = read_network(case, places)
    np.testing.assert_array_equal(partial.buses.longitude, [-100, np.nan, np.nan])
    assert partial.notes[-1] == "2 of 3 buses have no place in places.csv: 2, 3"
    places.write_text("number,longitude,latitude\n1,-100,30\n")
    assert read_network(case, places, "number").buses.latitude[0] == 30
    places.write_text("bus,longitude,latitude\n4,-100,30\n")
    with pytest.raises(InputError, match="no place of any bus"):
        read_network(case, places)


def test_repairs_are_counted() -> None:
    raw = raw_case(
        [("a", 0), ("b", 9), ("c", 0), ("d", 0)],
        [("a", "b", 0.1, 9), ("a", "b", 0.1, 9), ("b", "d", 0.1, 9), ("b", "a", -0.2, 9)],
        [("a", 0, 20), ("d", 0, 5)],
    )
    raw = replace(raw, buses=raw.buses.assign(is_reference=False, is_on=[True, True, True, False]))
    network = build_network(raw)
    assert network.notes == (
        "1 bus marked as isolated is left out",
        "1 branch out of service is left out",
        "1 generator out of service is left out",
        "1 branch equal to another is kept as a parallel circuit",
        "1 branch with negative reactance is kept",
        "no reference bus is named; the first bus of each island serves as one",
        "the network falls into 2 islands, 1 of them single buses; each balances by itself",
    )


def test_load_above_generation_is_refused_by_island() -> None:
    network = hand(
        [("a", 10), ("b", 0), ("c", 30), ("d", 1)],
        [("a", "b", 0.1, 0), ("c", "d", 0.1, 0)],
        [("b", 0, 9), ("d", 40, 50)],
    )
    with pytest.raises(InputError) as caught:
        check_supply(network)
    said = str(caught.value)
    assert "island of bus a (2 buses): a load of 10.0 MW above the 9.0 MW" in said
    assert "island of bus c (2 buses): generators in service give at least 40.0 MW" in said


def test_hostile_names_of_buses_and_branches_are_refused() -> None:
    raw = raw_case([("a", 0), ("<img>", 1)], [("a", "<img>", 0.1, 0)], [("a", 0, 2)])
    raw = replace(raw, branches=raw.branches.assign(id="\x1b[31mred"))
    with pytest.raises(InputError) as caught:
        build_network(raw)
    said = str(caught.value)
    assert "bus <img>: is no id" in said and "is no plain text" in said and "\x1b" not in said


@given(
    st.integers(0, len(CASE)),
    st.integers(0, 40),
    st.text(alphabet="0123456789.-+eE[]{};%'\"=,\n\t ()mpcbusNaInf", max_size=30),
)
@settings(max_examples=300)
def test_a_damaged_case_is_read_or_refused_in_words(at: int, cut: int, put: str) -> None:
    """Text cut out and put in anywhere never ends in anything but a network or an InputError."""
    with tempfile.TemporaryDirectory() as folder:
        path = written(CASE[:at] + put + CASE[at + cut :], Path(folder))
        try:
            read_network(path)
        except InputError as error:
            assert error.issues


ANGLES = """function mpc = angle
mpc.version = '2';
mpc.baseMVA = 100;
mpc.bus = [
1 3 0  0 0 0 1 1 0 345 1 1.1 0.9;
2 1 50 0 0 0 1 1 0 345 1 1.1 0.9;
];
mpc.gen = [ 1 0 0 0 0 1 100 1 500 0; 2 0 0 0 0 1 100 1 100 0 ];
mpc.branch = [ 1 2 0 0.1 0 400 0 0 0 0 1 -5 5 ];
"""


@pytest.mark.parametrize(
    ("least", "most", "mw"),
    [
        (-5, 5, (-1000 * np.pi / 36, 1000 * np.pi / 36)),
        # one side only; 0 and a whole turn are none
        (0, 5, (-400, 1000 * np.pi / 36)),
        (-5, 360, (-1000 * np.pi / 36, 400)),
        (-360, 360, (-400, 400)),
        (0, 0, (-400, 400)),
        (-30, 30, (-400, 400)),
    ],
)
def test_angle_limits_are_those_of_matpower(
    tmp_path: Path, least: float, most: float, mw: tuple[float, float]
) -> None:
    """A branch of 100 MVA / 0.1 = 1,000 MW a radian carries 87.27 MW at 5 degrees."""
    network = read_network(written(ANGLES.replace("-5 5", f"{least} {most}"), tmp_path))
    found = [float(side[0]) for side in network.branches.flow_limits_mw]
    assert found == pytest.approx(list(mw))


def test_angle_limits_out_of_order_are_refused(tmp_path: Path) -> None:
    assert "angle limits that are not numbers in order" in issues_of(
        ANGLES.replace("-5 5", "5 -5"), tmp_path
    )


def test_a_block_comment_is_no_data(tmp_path: Path) -> None:
    hidden = "1 0 0 0 0 1 100 1 900 0;"
    block = f"mpc.gen = [\n%{{\n{hidden}\n %{{ \n{hidden}\n%}}\n{hidden}\n%}}\n1 0"
    case = ANGLES.replace("mpc.gen = [ 1 0", block)
    network = read_network(written(case, tmp_path))
    assert network.generators.max_mw.tolist() == [500, 100]
    # with more on the line it is an ordinary comment
    plain = ANGLES.replace("mpc.gen = [ 1 0", "%{ see below\nmpc.gen = [ 1 0")
    assert read_network(written(plain, tmp_path)).generators.max_mw.tolist() == [500, 100]
    assert "'%{' that is not closed" in issues_of(ANGLES + "%{\n", tmp_path)
    assert "'%}' without '%{'" in issues_of(ANGLES + "%}\n", tmp_path)


def test_percent_signs_and_quotes_in_names(tmp_path: Path) -> None:
    names = 'mpc.bus_name = {\'5% north\'\'s\'; "it\'s ""it"""};  % two\n'
    network = read_network(written(ANGLES + names, tmp_path))
    assert network.buses.titles == ("5% north's", 'it\'s "it"')
    one = "mpc.bus_name = { 'one' };\n"
    assert (
        "1 names for 2 buses: bus_name is left out"
        in read_network(written(ANGLES + one, tmp_path)).notes
    )
    assert "a quote that is not closed" in issues_of(ANGLES + "mpc.bus_name = {'a; 'b'};", tmp_path)


def test_costs_of_both_kinds(tmp_path: Path) -> None:
    costs = "mpc.gencost = [ 2 0 0 2 10 7 0 0 0 0; 1 0 0 3 0 0 10 100 20 250 ];\n"
    network = read_network(written(ANGLES + costs, tmp_path))
    assert network.generators.costs == (
        Cost(0.0, 10.0, 7.0),
        Cost(points=((0.0, 0.0), (10.0, 100.0), (20.0, 250.0))),
    )


@pytest.mark.parametrize(
    "cost",
    ["[ 1 0 0 2 0 0 500 100 0 ]", "[ 1 0 0 2 0 0 500 100 0 0 0 ]", "[ 1 0 0 2 0 0 500 100 ]"],
)
def test_costs_are_read_by_position_whatever_fills_their_rows(tmp_path: Path, cost: str) -> None:
    """Two points are four numbers; zeros after them, even or odd, are padding."""
    network = read_network(written(CASE.replace("[ 2 0 0 3 0.5 10 7 ]", cost), tmp_path))
    assert network.generators.costs == (Cost(points=((0.0, 0.0), (500.0, 100.0))),)


@pytest.mark.parametrize("kind", ["0", "5", "1.5", "-3"])
def test_a_bus_type_that_matpower_does_not_know(tmp_path: Path, kind: str) -> None:
    said = issues_of(CASE.replace("  3 1 40 0", f"  3 {kind} 40 0"), tmp_path)
    assert f"bus 3: type {kind}. Expected 1 (load), 2 (generator), 3 (reference)" in said


def pypsa_pair(**line: Any) -> Any:
    """Two AC buses, 1,000 MW at A, 200 MW of load at B in the second hour, and a line."""
    import pypsa

    network = pypsa.Network()
    network.set_snapshots([0, 1])
    network.add("Bus", ["A", "B"], v_nom=345.0)
    network.add("Line", "AB", bus0="A", bus1="B", x=10.0, **{"s_nom": 400.0, **line})
    network.add("Generator", "g", bus="A", p_nom=1000.0)
    network.add("Load", "l", bus="B", p_set=[150.0, 200.0])
    return network


def as_read(network: Any, folder: Path) -> Any:
    """A PyPSA network, written and read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network.export_to_netcdf(str(folder / "net.nc"))
    return read_network(folder / "net.nc")


@pytest.mark.filterwarnings("ignore")
def test_pypsa_capacities_as_they_stand_or_as_optimised(tmp_path: Path) -> None:
    given = pypsa_pair(s_nom_extendable=True)
    given.add("Generator", "h", bus="B", p_nom=300.0, p_nom_min=300.0, p_nom_extendable=True)
    network = as_read(given, tmp_path)
    assert network.branches.rating_mw.tolist() == [400]
    assert network.generators.max_mw.tolist() == [1000, 300]
    assert any("not optimised yet" in note for note in network.notes)
    given.lines["s_nom_opt"], given.generators.loc["h", "p_nom_opt"] = 250.0, 350.0
    network = as_read(given, tmp_path)
    assert network.branches.rating_mw.tolist() == [250]
    assert network.generators.max_mw.tolist() == [1000, 350]
    assert not any("not optimised" in note for note in network.notes)


@pytest.mark.filterwarnings("ignore")
def test_pypsa_investment_periods(tmp_path: Path) -> None:
    given = pypsa_pair()
    hours = pandas.MultiIndex.from_product([[2025, 2040], [0, 1]])
    given.set_snapshots(hours)
    given.loads_t.p_set["l"] = [150.0, 200.0, 300.0, 250.0]
    given.add("Generator", "old", bus="A", p_nom=500.0, build_year=1990, lifetime=40)
    given.add("Generator", "new", bus="A", p_nom=700.0, build_year=2035, lifetime=40)
    network = as_read(given, tmp_path)
    assert network.buses.load_mw.tolist() == [0, 300]
    assert dict(zip(network.generators.ids, network.generators.max_mw, strict=True)) == {
        "g": 1000,
        "new": 700,
    }
    assert "the load is that of the snapshot with the most, 2040, 0" in network.notes


@pytest.mark.filterwarnings("ignore")
def test_pypsa_hour_of_ac_load_and_names_by_component(tmp_path: Path) -> None:
    given = pypsa_pair()
    given.add("Bus", "H", carrier="hydrogen")
    given.add("Load", "electrolysis", bus="H", p_set=[900.0, 0.0])
    given.add("Bus", "low", v_nom=110.0)
    given.add("Transformer", "AB", bus0="B", bus1="low", x=0.1, s_nom=100.0)
    given.add("Link", "dc", bus0="A", bus1="B", p_nom=50.0)
    given.add("Link", "cell", bus0="A", bus1="H", p_nom=50.0)
    network = as_read(given, tmp_path)
    assert network.buses.load_mw.sum() == 200
    assert network.branches.ids == ("line AB", "transformer AB")
    said = "\n".join(network.notes)
    assert "1 buses of other carriers than AC ('hydrogen')" in said
    assert "1 links between AC buses are left out" in said
    assert "1 links to other buses" in said


@pytest.mark.filterwarnings("ignore")
def test_pypsa_networks_that_are_none_here(tmp_path: Path) -> None:
    stochastic = pypsa_pair()
    stochastic.set_scenarios({"low": 0.5, "high": 0.5})
    with pytest.raises(InputError, match="a stochastic network of 2 scenarios"):
        as_read(stochastic, tmp_path)
    other = pypsa_pair()
    other.buses["carrier"] = "electricity"
    with pytest.raises(InputError, match="no bus of carrier AC, only 'electricity'"):
        as_read(other, tmp_path)


def test_pypsa_numbers_that_are_none(tmp_path: Path) -> None:
    """An hour that is not known might be that of the largest load; a generator that takes gives nothing."""
    network = pypsa_pair()
    network.set_snapshots(range(3))
    network.loads_t.p_set[network.loads.index[0]] = [10.0, np.nan, 50.0]
    with pytest.raises(InputError, match="a load that is not a number in every snapshot"):
        as_read(network, tmp_path)
    turned = pypsa_pair()
    turned.generators["sign"] = -1.0
    with pytest.raises(InputError, match="a sign other than 1"):
        as_read(turned, tmp_path)
