"""The figures of the spin-transfer film (Yu et al. 2021): what is published and required of each group of runs, beside what every start
gives."""

import os

import h5py
import maze_nodes_figures
import numpy
from four_node import entries
from table import Claim

from device import per_seed

# Causes of what is missed, as far as the runs show them.
PATH = (
    "not every pulse ends in a texture that conducts its pattern best: which one it reaches depends on the path, and on the maze before the pulse; "
    "inputs/maze-hopfield.yaml describes the case of ++-+ in maze 1"
)
SATURATION = "the saturated film conducts best (AMR ratio above 0), so that G - G0 is negative semidefinite: no state has a lower energy than the uniform ones"
DRIFT = (
    "with a nonadiabatic torque the stripes drift through the film, and after 6 ns nothing of the maze remains; what enters at the contact, stripes or a "
    "uniform region, lowers or raises G in proportions that depend on chance (inputs/maze-controls.yaml)"
)
UNSTORED = "a maze in which the pattern is not a fixed point (row above) cannot return it"

CELLS = ("6.25", "5", "4", "3.0075188", "2")  # nm


def pulse_changes(runs):
    """Changes of the gauges over the pulse, in per cent: one map by name for each start."""
    pulses = [next(e for e in entries(run.results, "gauges") if e["pattern"]) for run in runs.values()]
    return [{g["name"]: g["change_percent"] for g in e["gauges"]} for e in pulses]


def along_and_across(runs):
    changes = pulse_changes(runs)
    return [c["along"] for c in changes], [c["across"] for c in changes]


def trace(run, gauge):
    """Times (s) and conductance of a gauge while the voltage is on."""
    start = next(e for e in entries(run.results, "gauges") if e["pattern"])["start_s"]
    with h5py.File(os.path.join(run.directory, "run.h5")) as file:
        times, values = file["conductance/time"][:], file["gauges/" + gauge][:]
    on = times >= start * (1 - 1e-9)
    return times[on], values[on]


def synapse(table, found):
    for name, voltage, least in (("synapse-50mV", "0.05 V", 2), ("synapse-100mV", "0.1 V", 8)):
        if name in found:
            along, across = along_and_across(found[name])
            words = f"{voltage} (the paper's)" if voltage == "0.05 V" else f"{voltage} (chosen)"
            table.add(f"{words}, 50 ns: G along the current", f">= +{least} %", per_seed(along, "{:+.2f}"), min(along) >= least, Claim("rises", min(along) > 0))
            table.add(
                f"{words}, 50 ns: G across the current", f"<= -{least} %", per_seed(across, "{:+.2f}"), max(across) <= -least, Claim("falls", max(across) < 0)
            )


def controls(table, found):
    required = {"controls-nonadiabatic": "nonadiabaticity 0.3", "controls-interfacial": "interfacial DMI", "controls-negative-amr": "amr_ratio -1.5"}
    for name, control in required.items():
        if name in found:
            along, across = along_and_across(found[name])
            table.add(
                f"0.1 V (chosen), {control}: G along the current",
                "<= -4 %",
                per_seed(along, "{:+.2f}"),
                max(along) <= -4,
                Claim("falls", max(along) < 0, DRIFT if "nonadiabaticity" in control else "") if name != "controls-negative-amr" else None,
                DRIFT if "nonadiabaticity" in control else "",
            )
            table.add("  across", "-", per_seed(across, "{:+.2f}"), None)
            late = [values[len(values) // 2 :].mean() / values[0] - 1 for _, values in (trace(run, "along") for run in found[name].values())]
            table.add("  along, mean over the last 25 ns", "-", per_seed([100 * c for c in late], "{:+.2f}"), None)
    others = {"controls-nonadiabatic-0.6": "nonadiabaticity 0.6", "controls-uniform": "uniform current", "controls-frozen": "frozen current"}
    for name, control in others.items():
        if name in found:
            along, across = along_and_across(found[name])
            table.add(f"0.1 V (chosen), {control}: G along the current", "reported", per_seed(along, "{:+.2f}"), None)
            table.add("  across", "reported", per_seed(across, "{:+.2f}"), None)


def counted(table, totals, figure, required, key, met, claim=None, why=""):
    """claim: the text and, if it is known, the cause of a claim for all of them."""
    hits, all_of = sum(t[key] for t in totals), sum(t["of"] for t in totals)
    text = per_seed([f"{t[key]}/{t['of']}" for t in totals]) + f"  together {hits}/{all_of} = {100 * hits / all_of:.0f} %"
    table.add(figure, required, text, met and met(hits / all_of), claim and Claim(claim[0], hits == all_of, *claim[1:]), why)


def memories(runs, step, weights, after=None):
    """Per start: the entries of every memory; and the totals."""
    found = [[e for e in entries(run.results, step, xi_of="untrained", after=after) if e["weights"] == weights and "trained" in e] for run in runs.values()]
    totals = [
        next((e for e in entries(run.results, step, xi_of="untrained", after=after) if e["weights"] == weights and "mean_margin" in e), None)
        for run in runs.values()
    ]
    return found, totals


def of(found, pattern, key):
    return [e[key] for start in found for e in start if e["trained"] == pattern]


def hopfield(table, found):
    if "retention" in found:
        learned(table, found["retention"])
        maze_nodes_figures.contrast(table, {seed: maze_nodes_figures.Links(run) for seed, run in found["retention"].items()})
        saturated(table, found["retention"])
        retention(table, found["retention"])


def learned(table, runs):
    details, totals = memories(runs, "energies", "scaled")
    recalls, _ = memories(runs, "recall", "scaled")
    patterns = [e["trained"] for e in details[0]]

    table.add("xi = tr G/tr G0 of the untrained film", "about 0.82", per_seed([t["xi"] for t in totals], "{:.4f}"), None)
    for p in patterns:
        power = of(details, p, "power_change_percent")
        table.add(f"power of {p} once trained", ">= +4 %", per_seed(power, "{:+.2f}"), min(power) >= 4, Claim("rises", min(power) > 0, PATH), PATH)
        table.add("  control: the other patterns, mean", "-", per_seed(of(details, p, "control_power_change_of_others_percent"), "{:+.2f}"), None)
    counted(table, totals, "energy minimum, all 16 states", ">= 75 %", "correct_all_states", lambda part: part >= 0.75, ("every pattern", PATH), PATH)
    counted(table, totals, "  untrained film", "<= 25 %", "untrained_correct_all_states", lambda part: part <= 0.25)
    counted(table, totals, "energy minimum, the 14 not uniform", "-", "correct_nontrivial", None)
    counted(table, totals, "  untrained film", "-", "untrained_correct_nontrivial", None)
    counted(table, totals, "trained pattern is a fixed point", ">= 80 %", "fixed_points", lambda part: part >= 0.8)
    counted(table, totals, "  untrained film", "-", "untrained_fixed_points", None)
    for p in patterns:
        recalled = of(recalls, p, "recalled")
        mean = sum(recalled) / len(recalled)
        table.add(
            f"recall of {p}, of 16 starts",
            ">= 8 on average",
            per_seed(recalled) + f"  mean {mean:.1f}",
            mean >= 8,
            Claim("can be retrieved", min(recalled) > 2, UNSTORED),
            UNSTORED,
        )  # two of the starts are the pattern and its mirror
        table.add(
            "  untrained film; starts that are the pattern already",
            "-",
            per_seed(of(recalls, p, "control_untrained")) + "; " + per_seed(of(recalls, p, "control_no_recall")),
            None,
        )


def saturated(table, runs):
    """xi = 1, as the paper defines the weights."""
    controls_of = [entries(run.results, "energies", control="xi = 1")[0] for run in runs.values()]
    recalls = [entries(run.results, "recall", control="xi = 1")[0] for run in runs.values()]
    largest = [c["largest_eigenvalue_with_diagonal"] / c["saturated_G11"] for c in controls_of]
    whole = [c["fixed_points_with_diagonal"] for c in controls_of]
    table.add("xi = 1: largest eigenvalue of G - G0, of G0_11", "<= 1e-9", per_seed(largest, "{:.1e}"), max(largest) <= 1e-9)
    for figure, key in (
        ("minima, all 16 states (as the paper defines it)", "correct_all_states"),
        ("minima, the 14 not uniform", "correct_nontrivial"),
        ("fixed points without the diagonal", "fixed_points"),
    ):
        table.add(
            "xi = 1: " + figure,
            "reported",
            per_seed([f"{c[key]}/{c['of']}" for c in controls_of]),
            None,
            Claim("every pattern", all(c[key] == c["of"] for c in controls_of), SATURATION) if key == "correct_all_states" else None,
        )
    table.add("xi = 1: fixed points with the diagonal", "none", per_seed(whole), not any(whole))
    table.add(
        "xi = 1: recall, mean of 16 starts",
        "reported",
        per_seed([c["mean_recalled"] for c in recalls], "{:.1f}"),
        None,
        Claim("can be retrieved", min(c["mean_recalled"] for c in recalls) > 2.5, SATURATION),
    )


def retention(table, runs):
    before, _ = memories(runs, "energies", "scaled")
    after, _ = memories(runs, "energies", "scaled", "pause")
    for figure, key in (("minimum of all 16 states still on the pattern", "correct_all_states"), ("still a fixed point", "fixed_point")):
        learnt = [sum(e[key] for e in start) for start in before]
        kept = [sum(e[key] and then[key] for e, then in zip(late, start)) for late, start in zip(after, before)]
        every = sum(len(start) for start in before)
        table.add(
            f"20 ns without voltage: {figure}",
            "reported",
            per_seed([f"{k} of {n}" for k, n in zip(kept, learnt)]) + f"  together {sum(kept)} of {sum(learnt)} learned, of {every} taught",
            None,
        )
    for p in [e["trained"] for e in before[0]]:
        table.add(f"  power of {p} over the untrained film", "reported", per_seed(of(after, p, "power_change_percent"), "{:+.2f}"), None)


def resistance(table, found):
    runs = found.get("resistance")
    if not runs:
        return
    by_resistance, totals = memories(runs, "energies", "resistance")
    by_voltage, by_conductance = memories(runs, "energies", "scaled")
    for p in [e["trained"] for e in by_resistance[0]]:
        for words, source in ((f"amr_ratio -1.5: power of the currents {p} once trained", by_resistance), ("  of the voltages", by_voltage)):
            table.add(words, "reported", per_seed(of(source, p, "power_change_percent"), "{:+.2f}"), None)
    table.add("  xi = tr R/tr R0 of the untrained film", "reported", per_seed([t["xi"] for t in totals], "{:.4f}"), None)
    for figure, key in (("minimum, all 16 states", "correct_all_states"), ("fixed points", "fixed_points")):
        counted(
            table, totals, f"amr_ratio -1.5, resistance weights: {figure}", "reported", key, None, ("works as well",) if key == "correct_all_states" else None
        )
        counted(table, totals, "  untrained film", "reported", "untrained_" + key, None)
        counted(table, by_conductance, "  conductance weights of the same film", "reported", key, None)


def refresh(table, found):
    """The same maze with the current following at different distances: how far G strays from that of a refresh in every stage."""
    if "refresh-stage" not in found:
        return
    for seed, exact in found["refresh-stage"].items():
        for name, words in (("synapse-50mV", "every step"), ("refresh-5ps", "every 5 ps"), ("refresh-50ps", "every 50 ps")):
            if seed not in found.get(name, {}):
                continue
            ends, on_the_way = [], []
            for gauge in ("along", "across"):
                apart = numpy.abs(trace(found[name][seed], gauge)[1] / trace(exact, gauge)[1] - 1)
                ends.append(100 * apart[-1])
                on_the_way.append(100 * apart.max())
            table.add(
                f"current refreshed {words} against every stage, start {seed}: G after 50 ns, along and across",
                "<= 0.4 %",
                per_seed(ends, "{:.3f}"),
                max(ends) <= 0.4,
            )
            table.add("  at most on the way", "reported", per_seed(on_the_way, "{:.3f}"), None)


def pinning(table, found):
    for name, words in (("synapse-50mV", "0 %"), *((f"pinning-{v}", f"{v} %") for v in (2, 5, 10, 30))):
        if name in found:
            along, across = along_and_across(found[name])
            table.add(
                f"anisotropy varies by {words} from grain to grain, 0.05 V, 50 ns: G along; across",
                "reported",
                per_seed(along, "{:+.2f}") + "; " + per_seed(across, "{:+.2f}"),
                None,
                Claim("weak pinning may be disregarded (taken as above +2 %, below -2 %)", min(along) > 2 and max(across) < -2) if words == "2 %" else None,
            )


def hall(table, found):
    """The paper neglects the anomalous Hall effect: of the same texture before the pulse, and of what the pulse makes of it."""
    if "hall" not in found or "synapse-50mV" not in found:
        return
    for words, key in (("the untrained maze", "start_S"), ("after 50 ns at 0.05 V", "end_S")):
        with_hall, without = (
            [[g[key] for g in next(e for e in entries(run.results, "gauges") if e["pattern"])["gauges"]] for run in found[name].values()]
            for name in ("hall", "synapse-50mV")
        )
        changes = [100 * (a / b - 1) for one, other in zip(with_hall, without) for a, b in zip(one, other)]
        table.add(
            f"anomalous Hall conductivity, {words}: G along and across against none, %",
            "reported",
            per_seed(changes, "{:+.4f}"),
            None,
            Claim("may be disregarded (taken as below 1 %)", max(map(abs, changes)) < 1),
        )


def grid(table, found):
    """The conductance of one texture on different cells, against that on the finest."""
    finest = found.get(f"grid-{CELLS[-1]}nm", {})
    for cell in CELLS[:-1]:
        runs = found.get(f"grid-{cell}nm", {})
        apart = []
        for seed in sorted(runs.keys() & finest.keys()):
            coarse, fine = (entries(run.results, "probe")[-1]["gauges_S"] for run in (runs[seed], finest[seed]))
            apart += [100 * (coarse[gauge] / fine[gauge] - 1) for gauge in ("along", "across")]
        if apart:
            required = float(cell) <= 4
            table.add(
                f"the same maze on cells of {float(cell):.3g} nm against {CELLS[-1]} nm: G along, across",
                "<= 0.5 %" if required else "reported",
                per_seed(apart, "{:+.3f}"),
                max(map(abs, apart)) <= 0.5 if required else None,
            )
