#!/usr/bin/env python3
"""Runs every postprocess command on run directories and checks what comes out: python3 tests/postprocess.py DIR [DIR...]

Expected of a report: one file that fetches nothing, no accuracy without its controls beside it, and no figure in red without a sentence that says
why. Of the figures of a step `infer`: one for whatever the run holds."""

import os
import re
import subprocess
import sys
import tempfile

import h5py
import numpy as np
import yaml

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "postprocess")
# a figure of a step `infer`, and what run.h5 holds below /inference/ITEM when it can be drawn
INFERENCE = {
    "epochs": r"/epochs/accuracy$",
    "noise": r"/exact$",
    "gallery": r"/gallery$",
    "confusion": r"/confusion$",
    "basins": r"/basins/k$",
    "attractors": r"/attractors/time$",
    "xi": r"/xi_scan(@\w+)?/xi$",
    "weights": r"/nodes/G$",
}


def command(name, *arguments):
    done = subprocess.run([sys.executable, "-B", os.path.join(HERE, name), *arguments], capture_output=True, text=True)
    assert "Traceback" not in done.stderr, f"{name} {' '.join(arguments)}:\n{done.stderr}"
    return done


def check_report(directory):
    assert command("report.py", directory).returncode == 0
    with open(os.path.join(directory, "report.html"), encoding="utf-8") as file:
        html = file.read()
    outside = re.findall(r'(?:src|href)="(?!data:|#)[^"]*"|url\((?!data:)', html)
    assert not outside, f"{directory}: the report fetches {outside[:3]}"
    assert html.rstrip().endswith("</html>") and "<h2>How it was made</h2>" in html
    check_controls(directory, html)
    for anchor, section in re.findall(r'<section id="(\w+)">(.*?)</section>', html, re.S):
        assert 'class="bad"' not in section or '<ul class="why"><li>' in section, f"{directory}: red figures without a reason in section {anchor}"
    return html.count("<figure>")


def check_figures(directory, folder):
    drawn = 0
    for name in ("conductance", "texture", "current", "energies", "memories", "synapse", "spectrum", "hysteresis"):
        path = os.path.join(folder, name + ".png")
        done = command(name + ".py", directory, "-o", path)
        # what the run does not hold is said in one line
        assert done.returncode == 0 or done.stderr.startswith(directory), f"{name}: {done.stderr}"
        if done.returncode == 0:
            with open(path, "rb") as file:
                assert file.read(8) == b"\x89PNG\r\n\x1a\n"
            drawn += 1
    if os.path.exists(os.path.join(folder, "synapse.png")):  # of several runs
        assert command("synapse.py", directory, directory, "-o", os.path.join(folder, "synapses.png")).returncode == 0
        drawn += 1
    return drawn


def check_hysteresis(directory):
    """The summary of a loop agrees with its fields."""
    loops = [e for e in results(directory) if e["step"] == "hysteresis"]
    for e in loops:
        with h5py.File(os.path.join(directory, "run.h5"), "r") as run:
            rows = run[e["dataset"]][:]
        assert rows.shape == (e["fields"], 6) and np.abs(np.linalg.norm(rows[:, 3:], axis=1)).max() <= 1 + 1e-12
        field, m = rows[:, :3] @ e["direction"], rows[:, 3:] @ e["direction"]
        half = (e["fields"] - 1) // 2 if "second_branch" in e else e["fields"] - 1
        for name, part in (("first_branch", slice(0, half + 1)), ("second_branch", slice(half, None))):
            if "coercive_field_A_per_m" in e.get(name, {}):
                k = np.flatnonzero(m[part][:-1] * m[part][1:] <= 0)[0]
                expected = np.interp(0, *zip(*sorted([(m[part][k], field[part][k]), (m[part][k + 1], field[part][k + 1])])))
                assert abs(e[name]["coercive_field_A_per_m"] - expected) <= 1e-9 * np.abs(field).max(), (
                    f"{directory}: {name}: {e[name]}, by its fields {expected}"
                )
        if "coercive_field_A_per_m" in e:
            assert abs(2 * e["coercive_field_A_per_m"] - e["second_branch"]["coercive_field_A_per_m"] + e["first_branch"]["coercive_field_A_per_m"]) < 1e-6
    return len(loops)


def summary(directory):
    with open(os.path.join(directory, "summary.yaml")) as file:
        return yaml.load(file, getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or {}


def results(directory):
    return summary(directory).get("results") or []


def check_effort(directory):
    """The saturated film's conductance matrix and those of run.h5 are all that were computed; every kind of step is there."""
    found = summary(directory)
    with h5py.File(os.path.join(directory, "run.h5"), "r") as run:
        wanted = 1 + len(run["conductance/time"]) if "conductance/time" in run else 0
    assert found["conductance_matrices"] == wanted, f"{directory}: {found['conductance_matrices']} conductance matrices, not {wanted}"
    missing = {e["step"] for e in found["results"]} & {"train", "infer", "recall", "energies"} - set(found["cpu_seconds"])
    assert not missing and min(found["cpu_seconds"].values()) >= 0 and found["peak_memory_bytes"] > 1e6, f"{directory}: {found['cpu_seconds']}"


def check_controls(directory, html):
    """Wherever the report names the accuracy of a film it names those of its controls, in the same row of the table of results."""
    films = [e for e in results(directory) if e.get("step") == "infer" and "control_no_recall" in e]
    if not films:
        return 0
    rows = [row for row in re.findall(r"<tr>.*?</tr>", html, re.S) if "<td>accuracy " in row]
    for row in rows:
        film = [e for e in films if f"<td>accuracy {e['accuracy']:.3f}" in row]
        names = ("control_no_recall", "control_untrained", "control_outer_product", "control_outer_product_neighbours")
        assert any(all(f"{e[name]:.3f}" in row for name in names) for e in film), f"{directory}: an accuracy without its controls: {row}"
    assert rows, f"{directory}: the report has no accuracy"
    return len(rows)


def check_inference(directory, folder):
    """Every figure for which the run holds something is drawn, no other; the capacity of the one run as well."""
    held = []
    with h5py.File(os.path.join(directory, "run.h5"), "r") as run:
        if "inference" in run:
            run["inference"].visit(lambda name: held.append("/" + name))
    drawn = 0
    for kind, pattern in INFERENCE.items():
        path = os.path.join(folder, kind + ".png")
        done = command("inference.py", directory, "-o", path, "--figure", kind)
        wanted = any(re.search(pattern, name) for name in held)
        assert (done.returncode == 0) == wanted, f"{directory}: inference.py --figure {kind}: {done.stderr or 'drawn from nothing'}"
        drawn += wanted
    done = command("capacity.py", directory, "-o", os.path.join(folder, "capacity.png"))
    assert (done.returncode == 0) == bool(held), f"{directory}: capacity.py: {done.stderr}"
    films = [e for e in results(directory) if e.get("step") == "infer" and "accuracy" in e]
    misread = next((e for e in films if e.get("read_noise")), None)
    done = command(
        "robustness.py",
        directory,
        "-o",
        os.path.join(folder, "robustness.png"),
        *(("--method", misread["method"], "--xi", str(misread["xi"])) if misread else ()),
    )
    assert (done.returncode == 0) == bool(misread), f"{directory}: robustness.py: {done.stderr or 'drawn from nothing'}"
    return drawn + bool(held) + bool(misread)


def check_attractors(directory):
    """The last attractors are those of the film at the end: a pattern that is stable there recalls itself."""
    films = {
        (e["item"], f"{e['weights']}-{e['xi']:g}"): e
        for e in results(directory)
        if e.get("step") == "infer" and "unstable_pixels" in e and "xi" in e and not e.get("read_noise")
    }
    checked = 0
    with h5py.File(os.path.join(directory, "run.h5"), "r") as run:
        for (item, label), e in films.items():
            overlap = run.get(f"inference/{item}/{label}/attractors/overlap")
            if overlap is None:
                continue
            own = np.diag(overlap[-1])
            stable = np.array(e["unstable_pixels"]) == 0
            assert np.abs(overlap[:]).max() <= 1 and np.all(own[stable] == 1), (
                f"{directory}: {label}: attractors end at {own}, unstable: {e['unstable_pixels']}"
            )
            checked += 1
    return checked


def check_reasons():
    """A sentence for each kind of failure, none for what is right."""
    sys.path.insert(0, HERE)
    from hopfilm import reasons

    energy = {
        "weights": "midrange",
        "trained": "+--+",
        "minimum": "++++",
        "correct": False,
        "margin": -0.1,
        "untrained_margin": -0.5,
        "power_change_percent": 3.0,
        "control_power_change_of_others_percent": 1.0,
    }
    recall = {"weights": "midrange", "method": "sweeps", "trained": "+--+", "starts": 4, "recalled": 1, "cycles": 0, "fixed_point": True}
    gate = {
        "trained": "+---",
        "wanted": "AND/OR",
        "gate_control_plus": "AND",
        "gate_control_minus": "2",
        "margin_control_plus": 0.2,
        "margin_control_minus": 0.1,
    }
    fit = {"from": "+-+-", "to": "++--", "signs_right": False}
    for make, wrong, right, words in (
        (reasons.of_energies, energy, {"correct": True}, "the state of lowest energy is"),
        (reasons.of_recall, recall, {"recalled": 4}, "(3 of 4)"),
        (reasons.of_recall, {**recall, "fixed_point": False}, {"fixed_point": True, "recalled": 4}, "not a fixed point"),
        (reasons.of_recall, {**recall, "cycles": 3}, {"recalled": 4, "cycles": 0}, "cycle of two states"),
        (reasons.of_gates, gate, {"gate_control_minus": "OR"}, "the output follows 2"),
        (reasons.of_fit, fit, {"signs_right": True}, "Eq. (2)"),
    ):
        found = [str(sentence) for sentence in make(None, [wrong])]
        assert len(found) == 1 and words in found[0], found
        assert not list(make(None, [{**wrong, **right}])), words


def main():
    check_reasons()
    for directory in sys.argv[1:]:
        check_effort(directory)
        with tempfile.TemporaryDirectory() as folder:
            print(
                f"postprocess: {directory}: {check_report(directory)} figures in the report, {check_figures(directory, folder)} drawn alone, "
                f"{check_inference(directory, folder)} of noisy patterns, attractors of {check_attractors(directory)} networks, "
                f"{check_hysteresis(directory)} loops"
            )


if __name__ == "__main__":
    main()
