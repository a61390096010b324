"""Why a figure is in red: for each kind of failure a sentence on its cause, from what the run itself recorded."""

from .page import Markup, escape, number, pattern
from .results import weights_name


def _named(run, signs):
    return pattern(signs) if len(signs) <= 12 else Markup("<b>{}</b>").format(run.pattern_name(signs) or "a pattern")


def of_energies(run, entries):
    """Of memories whose energy has its minimum elsewhere."""
    for e in entries:
        if not e["correct"]:
            moved = (
                "training lowered its energy, but not far enough"
                if e.get("untrained_margin", -1) < e["margin"]
                else "training did not bring it closer to the minimum"
            )
            learned = (
                f"; its power changed by {number(e['power_change_percent'], '+.1f')} %, that of the other patterns by "
                f"{number(e['control_power_change_of_others_percent'], '+.1f')} %"
                if "control_power_change_of_others_percent" in e
                else ""
            )
            yield Markup("{} ({}): the state of lowest energy is {}; {}{}.").format(
                _named(run, e["trained"]), weights_name(e), _named(run, e["minimum"]), moved, learned
            )


def of_recall(run, entries):
    """Of memories that are not recalled from every start, or are not a fixed point: one sentence for each cause, method and kind of weights."""
    groups = {}
    for e in entries:
        groups.setdefault((e["method"], weights_name(e)), []).append(e)
    for (method, weights), group in groups.items():
        causes = (
            (
                "not a fixed point of these weights, so that no start can end there: the field of at least one electrode opposes its sign",
                [(e, None) for e in group if not e["fixed_point"]],
            ),
            (
                "starts that end in a cycle of two states: updated together, electrodes whose fields depend on each other change sign in turn; one update "
                "at a time "
                "cannot cycle",
                [(e, e["cycles"]) for e in group if e["fixed_point"] and e["cycles"]],
            ),
            (
                "starts that end in another state, though the pattern is a fixed point: they lie in the basin of that state",
                [(e, e["starts"] - e["recalled"] - e["cycles"]) for e in group if e["fixed_point"] and e["starts"] - e["recalled"] > e["cycles"]],
            ),
        )
        for cause, failed in causes:
            if failed:
                names = Markup(", ").join(_named(run, e["trained"]) + ("" if count is None else f" ({count} of {e['starts']})") for e, count in failed)
                yield Markup("{}, {}: {}: {}.").format(method, weights, names, cause)


def of_gates(run, entries):
    """Of gates other than the wanted ones."""
    for e in entries:
        for sign, name in (("plus", "+"), ("minus", "−")):
            found = e["gate_control_" + sign]
            if found not in e["wanted"].split("/"):
                yield Markup(
                    "{} with control {}: the output follows {} in place of {}, because one of the weights between the output and the inputs or the control is "
                    "too small or has the wrong sign (margin {:.2f})."
                ).format(_named(run, e["trained"]), name, found, e["wanted"], e["margin_control_" + sign])


def of_fit(run, entries):
    """Of changes against the sign of the learning rule."""
    for e in entries:
        if not e["signs_right"]:
            yield Markup(
                "{} to {}: the conductance of at least one driven pair changed against the sign of V<sub>i</sub>V<sub>j</sub>; Eq. (2) does not describe this "
                "switch."
            ).format(_named(run, e["from"]), _named(run, e["to"]))


def listed(sentences):
    """As HTML; each sentence once, "" without any."""
    found = list(dict.fromkeys(str(escape(s)) for s in sentences))
    return f'<p class="why">Why the figures in red fail:</p><ul class="why">{"".join(f"<li>{s}</li>" for s in found)}</ul>' if found else ""
