"""The results of a run in plain sentences: one for each, with its control beside it, and below it why what failed had to
fail, as far as the run itself shows."""

from collections import namedtuple

from . import reasons
from .inference import scans, variant_name
from .inference_section import chosen
from .page import Markup, escape, number
from .results import default_weightings, energy_totals, shown, weights_name
from .retention_figures import SHOWN as AT_REST
from .retention_figures import time_text

# kind: "good", "part", "bad" or "note" (a measured figure that is neither); control and why may be empty
Verdict = namedtuple("Verdict", "kind sentence control why", defaults=("", ()))
CONTROLS = (("no_recall", "without recall"), ("untrained", "untrained film"), ("outer_product", "outer product"), ("one_more_iteration", "one more iteration"))


def _judge(right, all_, control=0):
    return "good" if right == all_ else "part" if right > control else "bad"


def _groups(entries, key):
    found = {}
    for e in entries:
        found.setdefault(key(e), []).append(e)
    return found


def _percent(share):
    return number(100 * share, ".1f").removesuffix(".0") + "\u00a0%"


def _plural(count, word):
    return f"{count} {word}" + ("" if count == 1 else "s")


def _weights(name):
    """ "scaled, xi = 0.98" -> "scaled weights (xi = 0.98)"."""
    kind, _, rest = name.partition(", ")
    return f"{kind} weights" + (f" ({rest})" if rest else "")


def _named(run, signs):
    return Markup('<b class="pattern">{}</b>').format(run.pattern_label(signs))


def _starts(text):
    kind, _, count = str(text).partition("-")
    if kind == "flips" and count.isdigit():
        return f"with {count} of the signs wrong" if count != "1" else "with one sign wrong"
    return "from all states" if kind == "all" else f"({text})"


# ---- learning and conductances ----
def of_fit(run):
    for e in run.steps("fit"):
        driven = [p["change_percent"] for p in e["pairs"] if p["driven"]]
        words = "all with" if e["signs_right"] else "not all with"
        yield Verdict(
            "good" if e["signs_right"] else "bad",
            Markup("From {} to {} the driven conductances change by {} to {} %, {} the sign of Eq. (2), which describes them with τ = {} ns (R² = {}).").format(
                _named(run, e["from"]),
                _named(run, e["to"]),
                number(min(driven), "+.2g"),
                number(max(driven), "+.2g"),
                words,
                number(1e9 * e["tau_s"]),
                number(e["r_squared"], ".3f"),
            ),
            f"pairs that are not driven change by {number(e['far_change_percent'], '.1g')} % at most",
            reasons.of_fit(run, [e]),
        )


def of_gauges(run):
    entries = run.steps("gauges")
    rest = [e for e in entries if not e["pattern"]]
    changes = lambda e: ", ".join(f"{g['name']} {number(g['change_percent'], '+.1f')} %" for g in e["gauges"])
    control = "; ".join(f"without voltage, {number(1e9 * (e['end_s'] - e['start_s']))} ns before: {changes(e)}" for e in rest)
    for e in entries:
        if e["pattern"]:
            yield Verdict(
                "note",
                Markup("{} at {} mV for {} ns changes the conductance of the film: {}.").format(
                    _named(run, e["pattern"]), number(1e3 * e["voltage_V"]), number(1e9 * (e["end_s"] - e["start_s"])), changes(e)
                ),
                control,
            )
    if rest and len(rest) == len(entries):
        yield Verdict("note", f"Without voltage the conductance changes: {'; '.join(map(changes, rest))}.")


def of_probes(run):
    probes = run.steps("probe")
    if probes:
        worst = max(max(e["row_sum_over_G11"], e["asymmetry_over_G11"]) for e in probes)
        yield Verdict(
            "good" if worst < 1e-6 else "bad",
            Markup("The conductance matrix conserves current and is symmetric to {} of G<sub>11</sub>.").format(number(worst, ".1g")),
            "exact: 0",
        )
    wired = [e for e in probes if "seventh_wiring_deviation" in e]
    if wired:
        worst = max(e["seventh_wiring_deviation"] for e in wired)
        yield Verdict(
            "good" if worst < 0.02 else "bad",
            f"Measured as on the bench, in seven wirings, the seventh agrees with the other six to {number(worst, '.1g')}.",
            "the paper’s bench: 2 %",
        )


# ---- energies and the read-out ----
def of_energies(run):
    wanted = default_weightings(run)
    for name, entries in _groups([e for e in energy_totals(run) if "control" not in e], weights_name).items():
        if name not in wanted:
            continue
        right, all_, before = (sum(e[key] for e in entries) for key in ("correct", "of", "untrained_correct"))
        kept = {e["item"] for e in entries}
        details = [e for e in shown(run, "energies") if "dataset" in e and e["item"] in kept and weights_name(e) == name]
        yield Verdict(
            _judge(right, all_, before),
            f"With {_weights(name)} the trained pattern has the lowest energy of all states in {right} of {_plural(all_, 'case')}.",
            f"before training in {before} of {all_}",
            reasons.of_energies(run, details),
        )
        yield from _read_by_current(entries, name)
    for e in [e for e in energy_totals(run) if "control" in e and "correct_all_states" in e][:1]:
        why = (
            ["Expected: the saturated film conducts best, so G − G₀ is negative semidefinite and no state lies below the uniform ones."]
            if not e["correct_all_states"]
            else []
        )
        yield Verdict(
            "note",
            f"Control with ξ = 1: among all states the trained pattern is lowest in {e['correct_all_states']} of {e['of']}, without the uniform states in "
            f"{e['correct_nontrivial']} of {e['of']}.",
            f"before training in {e['untrained_correct_all_states']} and {e['untrained_correct_nontrivial']}",
            why,
        )
    for e in run.steps("energies"):
        if e.get("sweep") == "xi":
            works = e.get("works") or []
            every = sorted({t["xi"] for t in energy_totals(run) if t["item"] == e["item"] and "xi" in t})
            outside = (
                f"Expected: w depends on (1 − ξ)/a, a the AMR ratio, so the minima are wrong at ξ = {', '.join(f'{x:g}' for x in every if x not in works)}."
            )
            yield Verdict(
                "good" if works else "bad",
                f"Every trained pattern is a minimum for ξ from {min(works):g} to {max(works):g}." if works else "At no ξ is every trained pattern a minimum.",
                f"{len(every)} values of ξ tried, from {every[0]:g} to {every[-1]:g}" if every else "",
                [outside] if works and len(works) < len(every) else [],
            )


def _read_by_current(entries, name):
    read = [e for e in entries if "fixed_points_current_source" in e]
    if read:
        right, all_, held, before = (
            sum(e[key] for e in read) for key in ("fixed_points_current_source", "of", "fixed_points", "untrained_fixed_points_current_source")
        )
        why = (
            [
                "Expected: a current source weighs each current with a factor that depends on the state, so that the two ways of reading agree on most "
                "states, not on all."
            ]
            if right != held
            else []
        )
        yield Verdict(
            _judge(right, all_, before),
            f"Read by a current source, as on the bench, {right} of {_plural(all_, 'trained pattern')} are fixed points, with {_weights(name)}.",
            f"read by voltages {held}, untrained film {before}",
            why,
        )


# ---- recall ----
def of_recall(run):
    for (method, name, starts), entries in _groups(
        [e for e in shown(run, "recall") if "trained" in e], lambda e: (e["method"], weights_name(e), e["starts_from"])
    ).items():
        right, all_ = sum(e["recalled"] for e in entries), sum(e["starts"] for e in entries)
        counts = {key: sum(e.get("control_" + key, 0) for e in entries) for key, _ in CONTROLS}
        why = list(reasons.of_recall(run, entries))
        if right < all_ and counts["outer_product"] < all_:
            why.append(f"Expected in part: the outer product of the pattern, too, returns only {counts['outer_product']} of these starts.")
        yield Verdict(
            _judge(right, all_, counts["untrained"]),
            f"{right} of {all_} starts {_starts(starts)} end in the trained pattern ({method}, {_weights(name)}).",
            ", ".join(f"{words} {counts[key]}" for key, words in CONTROLS),
            why,
        )


def of_gates(run):
    for name, entries in _groups([e for e in shown(run, "logic") if "of" in e], weights_name).items():
        right, all_, before = (sum(e[key] for e in entries) for key in ("correct", "of", "control_untrained"))
        details = [e for e in shown(run, "logic") if "wanted" in e and weights_name(e) == name]
        yield Verdict(
            _judge(right, all_, before),
            f"{right} of {all_} logic gates are right, with {_weights(name)}.",
            f"untrained film {before}",
            reasons.of_gates(run, details),
        )


def of_letters(run):
    for e in [e for e in shown(run, "tiles") if e["letter"] == "all"]:
        control = ", ".join(f"{words} {_percent(e['control_' + key]['pixel_accuracy'])}" for key, words in CONTROLS[:3])
        best = max(e["control_no_recall"]["pixel_accuracy"], e["control_untrained"]["pixel_accuracy"])
        ideal = e["control_outer_product"]["pixel_accuracy"]
        why = [f"Expected in part: the outer product of the patterns, too, leaves {_percent(1 - ideal)} of the pixels wrong."] if ideal < 1 else []
        yield Verdict(
            "good" if e["pixel_accuracy"] > best else "bad",
            f"With {_plural(e['flips'], 'pixel')} of a letter flipped, {_percent(e['pixel_accuracy'])} of all pixels are right after recall, "
            f"and {_percent(e['exact_recovery'])} of the letters in every pixel.",
            control,
            why,
        )


# ---- noisy patterns ----
def of_noise(run):
    found = chosen(run)
    titles = [f.title for f in found]
    told = False  # that naming needs no recall
    for f in found:
        e = f.entry
        exact = {f.noise[1].format(a): float(v) for a, v in zip(f.amounts, e["exact_recovery"].values())}
        first, last = next(iter(exact.items())), list(exact.items())[-1]
        words = f"{_percent(first[1])} ({first[0]})" + (f" to {_percent(last[1])} ({last[0]})" if len(exact) > 1 else "")
        others = {o.get("control", o.get("rule")): o for o in f.others()}
        names = {
            name: (float(list(others[name]["exact_recovery"].values())[0]), others[name]["accuracy"])
            for name in ("no-recall", "untrained", "outer-product", "outer-product-neighbours")
            if name in others
        }
        wrong = [name for name, k in zip(f.names, e["unstable_pixels"]) if k]
        why = [_unstable(f, wrong, found)] if wrong else []
        if e["accuracy"] < names.get("no-recall", (0, 0))[1] and not told:
            why.append(
                "Expected: naming the most similar pattern needs no recall, and recall carries some images away to another pattern. What recall is for is "
                "to restore every pixel."
            )
            told = True
        place = f", item {f.item} of the schedule" if titles.count(f.title) > 1 else ""
        best = max([names[name][0] for name in ("no-recall", "untrained") if name in names], default=0)
        yield Verdict(
            "bad" if first[1] <= best else "part" if wrong else "good",
            f"Noisy images of {', '.join(f.names)}: {words} are restored in every pixel, and {_percent(e['accuracy'])} are most similar "
            f"to the right pattern ({f.title}{place}).",
            f"{first[0]}, and most similar: " + "; ".join(f"{variant_name(name)} {_percent(a)}, {_percent(b)}" for name, (a, b) in names.items()),
            why,
        )
    for e, _ in scans(run):
        window = f"ξ from {e['window'][0]:g} to {e['window'][1]:g}" if "window" in e else ""
        best = list(e["xi"]).index(e["best"]) if e["best"] in list(e["xi"]) else None
        untrained = e.get("control_untrained")
        yield Verdict(
            "good" if window else "bad",
            f"All patterns are stable for {window}; accuracy is best at {e['best']:g}."
            if window
            else f"At no ξ are all patterns stable; accuracy is best at {e['best']:g}.",
            f"accuracy there {_percent(e['accuracy'][best])}, untrained film {_percent(untrained[best])}" if best is not None and untrained else "",
        )


def _unstable(f, wrong, found):
    """Why no image is restored to these patterns: where the same film is stable at another xi, that xi is the cause."""
    stable = sorted({g.entry["xi"] for g in found if g.names == f.names and "xi" in g.entry and not any(g.entry["unstable_pixels"])})
    one = len(wrong) == 1
    some = f"{', '.join(wrong)} {'is' if one else 'are'} not stable with these weights, so that no image can be restored to {'it' if one else 'them'}"
    return (
        f"Expected: w depends on (1 − ξ)/a, a the AMR ratio; at this ξ {some}, at ξ = {', '.join(f'{x:g}' for x in stable)} all patterns are."
        if stable and f.entry.get("xi") not in stable
        else f"{some[0].upper()}{some[1:]}."
    )


def of_wiring(run):
    for e in run.steps("wire"):
        predicted = e.get("predicted_exact_recovery")
        words = (
            f", which predicts {', '.join(_percent(float(v)) for v in predicted.values())} exact recovery ({', '.join(map(str, predicted))} flips)"
            if predicted
            else ""
        )
        costs = sorted(e.get("costs") or [])[1:]
        yield Verdict(
            "note",
            f"A wiring for {', '.join(map(str, e.get('patterns') or []))} was found{words}.",
            f"cost {number(e['cost'], '.4g')}, other starts {number(costs[0], '.4g')} to {number(costs[-1], '.4g')}" if costs else "",
        )


# ---- time without voltage, hysteresis, rest ----
def of_retention(run):
    for e in run.steps("retention"):
        if e["of_step"] == "train":
            shares = e["mean_kept"]
            yield Verdict(
                "good" if shares[-1] > 0.5 else "bad",
                f"After {time_text(e['time_s'][-1])} without voltage {_percent(shares[-1])} of the change of the conductances is left, on average over the "
                "memories.",
                f"at once {_percent(shares[0])}",
            )
        elif e["of_step"] in AT_REST:
            key, words = AT_REST[e["of_step"]]
            last, first, before = (_mean(e[name][k]) for name, k in ((key, -1), (key, 0), ("untrained_" + key, -1)))
            count = lambda v, e=e: f"{v:.0f} of {e['of']}" if "of" in e else _percent(v)
            yield Verdict(
                "good" if last >= first else "part" if last > before else "bad",
                f"After {time_text(e['time_s'][-1])} without voltage: {words} {count(last)}, with {_weights(weights_name(e))}.",
                f"at once {count(first)}; untrained film, rested as long, {count(before)}",
            )


def _mean(value):
    return sum(value) / len(value) if isinstance(value, list) else value


def of_hysteresis(run):
    for e in run.steps("hysteresis"):
        if "coercive_field_Oe" in e:
            squareness = f", squareness {number(e['squareness'], '.3f')}" if "squareness" in e else ""
            yield Verdict(
                "note",
                f"The loop has a coercive field of {number(e['coercive_field_Oe'])} Oe{squareness} and an area of {number(e['loop_area_J_per_m3'], '.4g')} "
                "J/m³.",
                f"its shift along the field, none without a bias: {number(e['bias_field_A_per_m'] / 79.57747155, '.1g')} Oe"
                if "bias_field_A_per_m" in e
                else "",
            )
        else:
            branch = e.get("first_branch") or {}
            words = f"; coercive field {number(abs(branch['coercive_field_mT']))} mT" if "coercive_field_mT" in branch else ""
            yield Verdict("note", f"The film was followed through {e['fields']} fields{words}.")
        if e["unconverged"]:
            yield Verdict(
                "bad",
                f"At {_plural(e['unconverged'], 'field')} the film did not come to rest.",
                "",
                ["The relaxation stopped at its limit of time or steps; the loop is not that of equilibrium there."],
            )


def of_rest(run):
    for e in run.steps("relax"):
        if not e.get("converged", True):
            yield Verdict(
                "part",
                "The film did not relax to the torque asked for.",
                f"torque left, of Ms: {number(e['max_torque'], '.1g')}",
                ["The relaxation stopped at its limit of time or steps; what follows starts from there."],
            )
    for e in run.steps("hold"):
        if not run.steps("gauges") and not run.steps("retention") and "average_m" in e:
            m = ", ".join(number(v, ".3f") for v in e["average_m"])
            change = f"; the conductances change by {number(e['largest_change_percent'], '.2g')} % at most" if "largest_change_percent" in e else ""
            drive = f" with {run.pattern_label(e['pattern'])} at {number(1e3 * e['voltage_V'])} mV" if e.get("pattern") else " without voltage"
            yield Verdict("note", Markup("After {} ns{} the average magnetization is ({}){}.").format(number(1e9 * e["time_s"]), drive, m, change))


def of_field(run):
    for e in run.steps("oersted")[:1]:
        yield Verdict(
            "note",
            f"The field of the gold layer is computed by the model “{e['model_used']}”.",
            f"Biot–Savart over the currents differs by {_percent(e['rms_difference'])} (rms)",
        )


def of_status(run):
    status = str(run.summary.get("status", "unknown"))
    if status != "done":
        yield Verdict(
            "part" if status in ("running", "stopped") else "bad",
            f"The run is {status}: what follows is what it has so far." if status in ("running", "stopped") else f"The run ended as “{status}”.",
            "",
            [run.summary["reason"]] if run.summary.get("reason") else [],
        )


ALL = (
    of_status,
    of_fit,
    of_energies,
    of_recall,
    of_gates,
    of_letters,
    of_noise,
    of_wiring,
    of_gauges,
    of_retention,
    of_hysteresis,
    of_probes,
    of_rest,
    of_field,
)


def verdicts(run):
    return [verdict for make in ALL for verdict in make(run)]


MARKS = {"good": ("✓", "as wanted"), "part": ("◐", "in part"), "bad": ("✗", "not as wanted"), "note": ("•", "measured")}


def listed(found):
    """As HTML; "" without any."""
    items = []
    for v in found:
        sign, words = MARKS[v.kind]
        why = list(dict.fromkeys(str(escape(s)) for s in v.why))
        items.append(
            f'<li class="{v.kind}"><span class="mark" title="{words}" aria-label="{words}">{sign}</span><div><p>{escape(v.sentence)}</p>'
            + (f'<p class="control">Control: {escape(v.control)}.</p>' if v.control else "")
            + (f'<ul class="why">{"".join(f"<li>{s}</li>" for s in why)}</ul>' if why else "")
            + "</div></li>"
        )
    return f'<ul class="verdicts">{"".join(items)}</ul>' if items else ""
