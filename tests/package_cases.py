"""What hopfilm.open makes of run directories, compared with h5py's and YAML's reading of the same files and with formulas; run by package.py."""

import base64
import copy
import os
import pickle
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser

import h5py
import hopfilm
import numpy as np
import pytest
import yaml
from hopfilm import lazy

RUNS = os.environ["HOPFILM_RUNS"]


def path(name, *parts):
    return os.path.join(RUNS, name, *parts)


@pytest.fixture(scope="module")
def run():
    return hopfilm.open(path("four-node-small"))


@pytest.fixture(scope="module")
def h5():
    with h5py.File(path("four-node-small", "run.h5"), "r") as file:
        yield file


@pytest.fixture(scope="module")
def summary():
    with open(path("four-node-small", "summary.yaml"), encoding="utf-8") as file:
        return yaml.safe_load(file)


def test_field(run, h5):
    m = run.m
    assert m.dims == ("time", "y", "x", "component") and np.array_equal(m.values, h5["fields/m"][()])
    assert m.attrs["units"] == "1" and run.fields.H.attrs["units"] == "A/m" and "Oersted" in run.fields["H"].attrs["long_name"]
    assert m.time.attrs["units"] == "s" and np.array_equal(m.time, h5["fields/time/m"][()])
    # the disk of 800 nm is covered by 40 cells of 20 nm, from -400 nm
    assert m.x.attrs["units"] == m.y.attrs["units"] == "m" and np.allclose(m.x, -390e-9 + 20e-9 * np.arange(40)) and np.allclose(m.y, m.x)
    assert list(m.component.values) == ["x", "y", "z"]
    length = np.sqrt((m.isel(time=-1) ** 2).sum("component"))
    inside = np.hypot(m.x, m.y) < 380e-9
    assert np.allclose(length.where(inside), 1, atol=1e-9, equal_nan=True) or np.allclose(length.values[inside.values], 1, atol=1e-9)
    assert set(run.fields) == {"m", "H", "j", "j_gold", "j_per_volt"} and "m" in dir(run)
    with pytest.raises(KeyError, match="there are"):
        run.field("nothing")
    with pytest.raises(AttributeError, match="no attribute nothing"):
        run.nothing  # noqa: B018


def test_pattern_of_frames(run):
    """Frames taken while A was trained, at the end of the first pulse, carry its signs and its name."""
    j = run.fields.j_per_volt
    at = run.frame_at("j_per_volt", 0.3e-9)
    assert str(j.pattern.values[at]) == "++--" and str(j.pattern_name.values[at]) == "A"
    assert set(map(str, run.m.pattern_name.values)) >= {"A", "B", "C"}


def test_reads_only_what_is_used(run, monkeypatch):
    shapes = []
    monkeypatch.setattr(lazy.StoredArray, "_read", lambda self, key, read=lazy.StoredArray._read: shapes.append(read(self, key).shape) or read(self, key))
    m = run.m
    last = m.isel(time=-1)
    assert not shapes, "a field was read before it was used"
    last.load()
    assert shapes == [(40, 40, 3)], shapes
    picked = m.isel(x=[30, 10, 10], time=slice(None, None, -2)).sel(component="z")
    assert np.array_equal(picked.values, m.values[::-2][..., [30, 10, 10], 2])
    for twin in (copy.deepcopy(m), pickle.loads(pickle.dumps(m))):
        assert np.array_equal(twin.isel(time=3), m.isel(time=3))


def test_conductance(run, h5):
    data = run.conductance
    assert data.G.dims == ("time", "terminal_i", "terminal_j") and data.G.attrs["units"] == "S"
    assert np.array_equal(data.G.sel(terminal_i="2", terminal_j="3"), h5["conductance/G"][:, 1, 2])
    currents = data.G.sum("terminal_j")  # all at the same voltage: no current
    assert float(abs(currents).max()) < 1e-12 * float(data.G.max())
    assert np.allclose(data.G, data.G.transpose("time", "terminal_j", "terminal_i"), atol=1e-12)
    assert "G" not in hopfilm.open(path("four-node-small")).run.__dict__, "all matrices were read at once"
    assert {"pattern", "pattern_name", "step", "epoch"} <= set(data.coords) and set(data.pattern.values) >= {"", "++--", "+-+-"}
    frame = run.to_dataframe("conductance")
    assert np.array_equal(frame["G_2_3"], data.G.sel(terminal_i="2", terminal_j="3")) and frame.attrs["units"]["G_2_3"] == "S"


def test_table_and_conductance_agree(run):
    """The first line of table.tsv after a probe has its conductances, with as many digits as it writes."""
    assert run.table.mx.attrs["units"] == "1" and run.table.E_total.attrs["units"] == "J"
    G = run.conductance.G.sel(terminal_i="1", terminal_j="2")
    at = int(np.flatnonzero(G.time > 0.1e-9)[0])
    line = int(np.flatnonzero(run.table.time > G.time[at])[0])
    assert np.isclose(run.table.G12[line], G[at], rtol=1e-12)
    frame = run.to_dataframe()
    assert frame.index.name == "time" and frame.attrs["units"]["E_total"] == "J" and np.array_equal(frame["mz"], run.table.mz)


def test_energies(run, summary):
    """-sum_ij w_ij V_i V_j with w = G - 0.98 G0 off the diagonal, from the conductances at the end of the pattern's pulse."""
    data = run.energies
    entries = [entry for entry in summary["results"] if entry["step"] == "energies" and "dataset" in entry]
    assert data.sizes["memory"] == len(entries) and data.energy.attrs["units"] == "S"
    assert np.allclose(data.margin, [entry["margin"] for entry in entries]) and list(data.trained.values) == [entry["trained"] for entry in entries]
    chosen = np.flatnonzero((data.weights == "scaled") & (data.xi == 0.98) & (data.trained == "++--"))
    assert len(chosen) == 1
    memory = data.isel(memory=int(chosen[0]))
    G, G0 = run.conductance.G, run.conductance.G0
    end = np.flatnonzero((G.pattern == "++--") & (G.step == 2) & (np.diff(np.append(G.time, np.inf)) > 0))[-1]
    found = []
    for probe in range(end - 2, end + 3):
        w = G.values[probe] - 0.98 * G0.values
        np.fill_diagonal(w, 0)
        V = np.array([[1 if c == "+" else -1 for c in str(state)] for state in data.state.values])
        found.append(-np.einsum("ki,ij,kj->k", V, w, V))
    assert min(abs(energy - memory.energy.values).max() for energy in found) < 1e-12 * abs(memory.energy).max()
    lowest = str(memory.energy.drop_sel(state=["----", "++++"]).idxmin().values)  # the uniform states do not count
    assert str(memory.minimum.values) in (lowest, lowest.translate(str.maketrans("+-", "-+")))
    assert run.to_dataframe("energies").shape[0] == len(entries) * 16


def test_results_of_steps(run, summary):
    recalls = [entry for entry in summary["results"] if entry["step"] == "recall" and "trained" in entry]
    assert list(run.recall.recalled.values) == [entry["recalled"] for entry in recalls]
    train = run.entries("train")
    assert train.pulse_s.attrs["units"] == "s" and np.allclose(train.pulse_s, [0.3e-9, 0.1e-9]) and "voltage_V" in train.attrs["left_out"]
    found = run.inference["13/midrange@10ps"]
    entry = next(entry for entry in summary["results"] if entry["step"] == "infer" and entry.get("label") == "midrange@10ps")
    assert np.isclose(found.accuracy.sel(variant="film").mean(), entry["accuracy"])
    assert np.allclose(found.accuracy.sel(variant="film"), list(entry["accuracy_of"].values())) and list(found.pattern.values) == ["A", "B", "D"]
    assert np.array_equal(found.confusion, entry["confusion"]) and np.all(found.confusion.sum("answer") == 40)
    true = found.gallery.sel(stage="true").values
    assert all(any(np.array_equal(picture, p) for p in found.patterns.values) for picture in true)
    assert run.dataset("conductance/G").dims == ("time", "terminal_i", "terminal_j")


def test_film(run):
    assert run.film.mask.sizes == {"y": 40, "x": 40} and run.film.electrodes.sizes == {"y_vertex": 41, "x_vertex": 41}
    assert np.allclose(run.film.electrode_positions.sel(electrode="2"), [280e-9, 280e-9]) and np.isclose(run.film.thickness, 30e-9)
    corner = run.film.electrodes.sel(x_vertex=280e-9, y_vertex=-280e-9, method="nearest")
    assert int(corner) == 3 and str(run.film.electrode.values[3]) == "4"


def test_hysteresis():
    loops = hopfilm.open(path("magnet-alone")).hysteresis
    assert list(loops) == [1, 3] and loops[1].H.attrs["units"] == "A/m" and loops[1].m.sizes == {"field": 13, "component": 3}
    assert float(np.sqrt((loops[1].m ** 2).sum("component")).max()) <= 1 + 1e-12


def test_discretisedfield(run, tmp_path):
    """Equal to what it reads of the OVF file that hopfilm export writes; x is not taken for y."""
    discretisedfield = pytest.importorskip("discretisedfield")
    ours = run.to_discretisedfield(frame=5)
    subprocess.run([os.environ["HOPFILM"], "export", path("four-node-small"), "--ovf", "--frames", "5", "--out", tmp_path / "m.ovf"], check=True)
    theirs = discretisedfield.Field.from_file(str(tmp_path / "m.ovf"))
    assert ours.mesh.allclose(theirs.mesh) and np.array_equal(ours.array, theirs.array)
    where = (-190e-9, 90e-9, 15e-9)
    assert np.array_equal(ours(where), run.m.isel(time=5).sel(x=where[0], y=where[1], method="nearest"))
    assert not ours.valid[0, 0, 0] and ours.valid[20, 20, 0]
    H = run.to_discretisedfield(field="H", time=0.3e-9)
    assert H.unit == "A/m" and np.abs(H.array).max() > 100


def test_description(run):
    assert "four nodes" not in repr(run) and "All steps, small (done)" in repr(run) and "fields.m" in repr(run)
    text = run._repr_html_()
    opened = []

    class Balance(HTMLParser):
        def handle_starttag(self, tag, attrs):
            if tag not in ("br", "img"):
                opened.append(tag)

        def handle_endtag(self, tag):
            assert opened.pop() == tag

    Balance().feed(text)
    assert not opened
    png = base64.b64decode(re.search(r'<img alt="[^"]+"[^>]*base64,([^"]*)"', text)[1])
    assert png.startswith(b"\x89PNG")


def test_files_of_before(run, tmp_path):
    """`unit` and `doc` instead of `units` and `long_name`, and no names of dimensions."""
    shutil.copytree(path("four-node-small"), tmp_path / "old")
    with h5py.File(tmp_path / "old" / "run.h5", "r+") as file:
        items = []
        file.visititems(lambda name, item: items.append(item))
        for item in items:
            for new, old in (("units", "unit"), ("long_name", "doc")):
                if new in item.attrs:
                    item.attrs[old] = item.attrs[new]
                    del item.attrs[new]
            for d in range(getattr(item, "ndim", 0)):
                for scale in list(item.dims[d].values()):
                    item.dims[d].detach_scale(scale)
    old = hopfilm.open(tmp_path / "old")
    for name in ("m", "H", "j"):
        assert old.fields[name].equals(run.fields[name]) and old.fields[name].attrs == run.fields[name].attrs
    assert old.conductance.identical(run.conductance) and old.film.identical(run.film) and old.energies.identical(run.energies)


def test_ensemble():
    data = hopfilm.open(path("ensemble"))
    assert data.sizes == {"seed": 3, "cell": 2} and list(data.seed.values) == [1, 2, 3]
    assert np.allclose(data.cell, [20e-9, 40e-9]) and data.cell.attrs == {"units": "m", "long_name": "film.cell"} and data.alpha.dims == ("cell",)
    here = data.sel(seed=2, cell=40e-9)
    with hopfilm.open(str(here.directory.values)) as member:
        assert member.settings["film"]["initial"]["random"]["seed"] in (2, "2") and member.m.sizes["x"] == 10
        margins = [entry["smallest_margin"] for entry in member.summary["results"] if entry["step"] == "energies" and "of" in entry]
    assert np.isclose(here["energies-1.smallest_margin"], margins[0]) and np.all(data.status == "done")
    with_G = hopfilm.open_ensemble(path("ensemble"), each=lambda run: run.conductance.G.isel(time=-1, drop=True))
    assert with_G.G.dims == ("seed", "cell", "terminal_i", "terminal_j")
    with hopfilm.open(str(here.directory.values)) as member:
        assert np.array_equal(with_G.G.sel(seed=2, cell=40e-9), member.conductance.G.isel(time=-1)) and with_G.G.attrs["units"] == "S"


def test_ensemble_that_is_not_finished(tmp_path):
    shutil.copytree(path("ensemble"), tmp_path / "e")
    table = (tmp_path / "e" / "ensemble.tsv").read_text().splitlines(keepends=True)
    summary = (tmp_path / "e" / "summary.yaml").read_text()
    (tmp_path / "e" / "ensemble.tsv").write_text("".join(table[:-1]))
    last = summary.index("directory: member-006")
    (tmp_path / "e" / "summary.yaml").write_text(summary[:last] + summary[last:].replace("status: done", "status: waiting", 1))
    data = hopfilm.open_ensemble(tmp_path / "e", each=lambda run: run.conductance.G.isel(time=-1, drop=True))
    assert data.sizes == {"seed": 3, "cell": 2, "terminal_i": 4, "terminal_j": 4}
    gone = data.isel(seed=2, cell=1)
    assert (
        np.isnan(gone["energies-1.smallest_margin"]) and np.isnan(gone.G).all() and not np.isnan(data.G.isel(seed=2, cell=0)).any() and gone.status == "waiting"
    )


def test_what_is_no_run(tmp_path):
    with pytest.raises(FileNotFoundError, match="is it a run directory"):
        hopfilm.open(tmp_path)


def test_opening_leaves_matplotlib_alone():
    code = "import hopfilm, sys; run = hopfilm.open(sys.argv[1]); repr(run); run.energies; run.inference; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code, path("four-node-small")], check=False).returncode == 0
