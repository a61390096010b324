"""The sections of a report. Each takes a Run and returns HTML, "" if the run has no such results."""

from . import (
    conductance_figures,
    energy_figures,
    film_reel,
    gauge_figures,
    hysteresis_figures,
    link_figures,
    memory_figures,
    reasons,
    retention_figures,
    tile_figures,
    verdicts,
)
from .inference_section import headline_rows
from .page import Markup, drawing, facts, film, mark, number, pattern, table, yaml_code
from .results import default_weightings, energy_details, energy_totals, sweep_totals, totals, training_name, weights_name
from .results import shown as shown_entries
from .style import minus

MOST_FITS, MOST_PULSES, MOST_MEMORIES = 8, 8, 20


def of(right, all_):
    return mark(right == all_, f"{right} of {all_}")


def name_of(run, signs):
    """A pattern as it is printed: short ones by their signs, pictures by their name in the deck."""
    return pattern(signs) if len(signs) <= 12 else Markup("<b>{}</b>").format(run.pattern_name(signs) or "a pattern")


def percent(value, digits=1):
    return number(100 * value, f".{digits}f") + "\u00a0%"


def bracketed(words):
    return f" ({words})" if words else ""


# ---- headline ----
def _fit_rows(run):
    for e in run.steps("fit"):
        changes = ", ".join(number(p["change_percent"], "+.1f") for p in e["pairs"] if p["driven"])
        yield (
            "Learning rule, Eq. (2)",
            Markup("{} → {}").format(name_of(run, e["from"]), name_of(run, e["to"])),
            Markup(f"τ = {number(1e9 * e['tau_s'])} ns, R² = {e['r_squared']:.3f}, RMS {e['rms']:.3f}"),
            Markup(f"far pairs {number(e['far_change_percent'], '.2g')} %"),
        )
        yield ("", "driven pairs", Markup("{} %, {}").format(changes, mark(e["signs_right"], "signs right" if e["signs_right"] else "signs wrong")), "")


def _merged(entries, key):
    groups = {}
    for e in entries:
        groups.setdefault(key(e), []).append(e)
    return groups


def _energy_rows(run):
    shown = default_weightings(run)
    for name, entries in _merged(energy_totals(run), weights_name).items():
        control = all("control" in e for e in entries)
        if name not in shown and not control:
            continue
        right, all_ = sum(e["correct"] for e in entries), sum(e["of"] for e in entries)
        eigenvalue = f"; largest eigenvalue {number(max(e['largest_eigenvalue_with_diagonal'] for e in entries), '.2g')} S with diagonal" if control else ""
        yield (
            "Energy minimum on the trained pattern",
            name + (" (control)" if control else ""),
            Markup(f"{right} of {all_}" if control else f"{of(right, all_)}, smallest margin {number(min(e['smallest_margin'] for e in entries), '.2f')}"),
            f"untrained film {sum(e['untrained_correct'] for e in entries)} of {all_}{eigenvalue}",
        )


def _recall_rows(run):
    details = [e for e in shown_entries(run, "recall") if "trained" in e]
    for name, entries in _merged(details, lambda e: (weights_name(e), e["method"], e["starts_from"])).items():
        starts = sum(e["starts"] for e in entries)
        controls = [
            (words, sum(e.get("control_" + key, 0) for e in entries))
            for key, words in (
                ("no_recall", "no recall"),
                ("untrained", "untrained"),
                ("outer_product", "outer product"),
                ("one_more_iteration", "one more iteration"),
            )
        ]
        yield (
            "Recall",
            f"{name[0]}, {name[1]}, starts {name[2]}",
            of(sum(e["recalled"] for e in entries), starts),
            ", ".join(f"{words} {count}" for words, count in controls),
        )


def _gate_rows(run):
    for name, entries in _merged(totals(run, "logic"), weights_name).items():
        all_ = sum(e["of"] for e in entries)
        yield (
            "Gates",
            name,
            Markup(f"{of(sum(e['correct'] for e in entries), all_)}, smallest margin {number(min(e['smallest_margin'] for e in entries), '.2f')}"),
            f"untrained film {sum(e['control_untrained'] for e in entries)}",
        )


def _tile_rows(run):
    for e in shown_entries(run, "tiles"):
        if e["letter"] == "all":
            yield (
                "Letters in 2 × 2 windows",
                f"{weights_name(e)}, {e['flips']} flipped",
                f"pixels right {percent(e['pixel_accuracy'])}",
                f"no recall {percent(e['control_no_recall']['pixel_accuracy'])}, untrained {percent(e['control_untrained']['pixel_accuracy'])}, "
                f"outer product {percent(e['control_outer_product']['pixel_accuracy'])}",
            )


def _gauge_rows(run):
    for e in run.steps("gauges"):
        drive = (
            Markup(f"{name_of(run, e['pattern'])} at {number(1e3 * e['voltage_V'])} mV, {number(1e9 * (e['end_s'] - e['start_s']))} ns")
            if e["pattern"]
            else "no voltage"
        )
        for _k, g in enumerate(e["gauges"]):
            yield (
                "Gauges",
                Markup("{}: {}").format(drive, g["name"]) if e["pattern"] else f"no voltage: {g['name']}",
                f"{number(g['start_S'], '.4g')} → {number(g['end_S'], '.4g')} S, {number(g['change_percent'], '+.2f')} %",
                "",
            )


def _probe_rows(run):
    probes = run.steps("probe")
    if probes:
        yield (
            "Conductance matrix",
            "row sums, asymmetry",
            Markup(
                f"{number(max(e['row_sum_over_G11'] for e in probes), '.1e')}, {number(max(e['asymmetry_over_G11'] for e in probes), '.1e')} of G<sub>11</sub>"
            ),
            "",
        )
    wired = [e for e in probes if "seventh_wiring_deviation" in e]
    if wired:
        yield (
            "Seven wirings",
            "six against G, seventh against six",
            f"{number(max(e['six_wirings_against_G'] for e in wired), '.1e')}, {number(max(e['seventh_wiring_deviation'] for e in wired), '.1e')}",
            "the paper’s bench: 2 %",
        )


def headline(run):
    rows = [row for make in (_fit_rows, _energy_rows, _recall_rows, _gate_rows, _tile_rows, headline_rows, _gauge_rows, _probe_rows) for row in make(run)]
    last = None
    for k, row in enumerate(rows):
        rows[k] = ("" if row[0] == last else row[0],) + tuple(row[1:])
        last = row[0] or last
    figures = table(("result", "", "measured", "controls"), rows, controls=(3,), wide=True)
    return verdicts.listed(verdicts.verdicts(run)) + (f"<details><summary>All figures in a table</summary>{figures}</details>" if figures else "")


# ---- conductance ----
def conductance(run):
    html = ""
    fits = [(e, run.pulse_of_fit(e)) for e in run.steps("fit")]
    fits = [(e, pulse) for e, pulse in fits if pulse][:MOST_FITS]
    for e, pulse in fits:
        caption = (
            f"{name_of(run, e['from'])} gives way to {name_of(run, e['to'])}: relative change of |G<sub>ij</sub>|; dashes: the learning rule, one time "
            "constant for "
            f"the driven pairs. Pairs that are not driven change by {number(e['far_change_percent'], '.2g')} % at most. Cost function, Eq. (3): "
            f"{number(e['cost_start_W'], '.4g')} W at the start, {number(e['cost_end_W'], '.4g')} W at the end."
        )
        cost = run.array(f"fit/{e['item']}/cost")
        html += drawing(conductance_figures.switch(run, pulse, run.fit_models(e), conductance_figures.fit_label(e), e["from"], cost), caption)
    # pulses that were probed while they lasted; of the others only the end is known
    seen = [group for group in run.pulse_groups() if len(group) > 1 and run.n <= 4 and min(len(pulse.probes) for pulse in group) > 4][:3]
    for k, group in enumerate(seen):
        html += drawing(
            conductance_figures.history(run, group),
            "All pulses" + (f" from initial state {k + 1}" if len(seen) > 1 else "") + ": |G<sub>ij</sub>| against its mean over the time shown.",
        )
    for e in run.steps("wirings"):
        html += drawing(
            conductance_figures.seven_wirings(run, e),
            f"The bench: voltage of a source of {number(1e6 * e['current_A'])} µA between the electrodes of sign + and those of sign −, joined in the "
            "seven ways and read by "
            "four probes; change since the first reading, whose value stands beside the wiring.",
        )
    if link_figures.can_draw(run):
        html += drawing(
            link_figures.links_in_time(run),
            "Conductances between neighbouring electrodes, by the number of patterns in which both have the same sign: median, and the band that holds "
            "80 % of the links. Between electrodes of equal sign |G<sub>ij</sub>| falls, and the weight G<sub>ij</sub> − ξ G₀<sub>ij</sub> rises.",
        )
    memories = [pulse for pulse, _, _ in run.memories()]
    if len(memories) > 2 and run.n <= 4:
        html += drawing(
            conductance_figures.memory_map(run, memories),
            "Memories: |G<sub>ij</sub>| after each pattern, relative to the mean over these patterns; pairs of unlike nodes are framed.",
        )
    return html


# ---- gauges ----
def gauges(run):
    html = ""
    below = f"; below it {run.current_map[2]}, on a logarithmic scale" if run.current_map else ""
    for pulse in [p for p in run.pulses if run.gauges and len(p.probes) > 4][:MOST_PULSES]:
        html += drawing(
            gauge_figures.traces(run, pulse),
            f"{name_of(run, pulse.pattern)}: conductance between the contacts of each gauge, against its value when the voltage comes on.",
        )
        frames = gauge_figures.synapse(run, pulse, with_traces=False)
        html += drawing(frames, f"The film’s <i>m<sub>z</sub></i> at the start, during the pulse and at its end{below}.") if frames is not None else ""
    return html


def hysteresis(run):
    html = ""
    for e in run.steps("hysteresis"):
        words = []
        for name, branch in [(name, e[name]) for name in ("first_branch", "second_branch") if name in e]:
            coercive = f"coercive field {number(branch['coercive_field_mT'], '.3g')} mT" if "coercive_field_mT" in branch else ""
            remanence = "remanence (" + ", ".join(number(x, ".3f") for x in branch["remanence"]) + ")" if "remanence" in branch else ""
            words.append(f"{name.replace('_', ' ')}: " + ", ".join(word for word in (coercive, remanence) if word))
        if "coercive_field_Oe" in e:
            squareness = f", squareness {number(e['squareness'], '.3f')}" if "squareness" in e else ""
            words.append(f"the loop: coercive field {number(e['coercive_field_Oe'], '.3g')} Oe{squareness}, area {number(e['loop_area_J_per_m3'], '.4g')} J/m³")
        html += drawing(
            hysteresis_figures.loops([("", hysteresis_figures.branches(run, e))]),
            f"{e['fields']} fields, the film relaxed at each" + (f" except {e['unconverged']}" if e["unconverged"] else "") + ". " + "; ".join(words) + ".",
        )
    return html


# ---- textures ----
def textures(run):
    return _film(run) + _end_states(run)


def _film(run):
    reel = film_reel.reel(run)
    if reel is None:
        return ""
    arrows = " Hue and arrows show the direction in the plane; white is up, black down." if reel["layers"][0]["arrows"] else ""
    below = f" Beside it: {run.current_map[2]}." if len(reel["layers"]) > 1 else ""
    marks = " Electrodes: filled +, open −." if reel["electrodes"] else ""
    curves = " A dashed line in the curves marks the time shown; a click on a curve goes to its time." if len(run.time) > 1 else ""
    return film(reel, "Film of the texture", f"The texture at every time at which it was saved.{arrows}{below}{marks}{curves}")


def _end_states(run):
    figure = memory_figures.textures_and_currents(run) if "m" in run.field_names() else None
    if figure is None:
        return ""
    above = (
        "<i>m<sub>z</sub></i> at the end of each pulse"
        if run.own_current
        else "magnetization at the end of each pulse; the hue is its direction in the plane, brighter towards <i>m<sub>z</sub></i> = 1, darker towards −1"
    )
    style = "on a logarithmic scale, its lines in red" if run.own_current else "strength as shade, direction as lines"
    dots = " (filled dots +, open dots −)" if run.n <= 9 else ""
    below = f" Below: {run.current_map[2]} in the film, for the same pattern{dots}, {style}." if run.current_map else ""
    return drawing(figure, f"Above: {above}.{below}")


# ---- energies ----
def energies(run):
    details = energy_details(run)
    if not details:
        return ""
    html = ""
    shown = default_weightings(run)
    first = min(e["item"] for e in details)
    for name in shown:
        entries = [e for e in details if e["item"] == first and weights_name(e) == name]
        if entries and run.n <= 5:
            html += f"<h3>Weights {name}</h3>" + drawing(
                energy_figures.diagrams(run, entries),
                f"Energy −Σ w<sub>ij</sub>V<sub>i</sub>V<sub>j</sub> of all {2**run.n} states, after training of the pattern in the title"
                f"{bracketed(training_name(run, entries[0]))}. Signs from top to bottom: electrodes {run.names[0]} to {run.names[-1]}.",
            )
    groups = {name: [(e["trained"], e["margin"], e.get("untrained_margin")) for e in details if weights_name(e) == name] for name in shown}
    several = len({e["item"] for e in details}) > 1
    html += "<h3>Margins</h3>" + drawing(
        energy_figures.margins(groups, run.pattern_label),
        "Distance of the trained pattern’s energy from the lowest other state, in units of the largest |E| of all states; below zero the minimum is another "
        "state." + (" One dot per initial state and way of training." if several else ""),
    )
    html += _margin_table(run, shown) + reasons.listed(reasons.of_energies(run, [e for e in details if weights_name(e) in shown]))
    sweep = sweep_totals(run)
    if sweep:
        html += "<h3>Window of ξ</h3>" + drawing(
            energy_figures.xi_window(sweep), "Weights w = G − ξ G₀: green where every memory is the minimum of its energy."
        )
        bench = [e for e in sweep if "fixed_points_current_source" in e]
        html += table(
            ("ξ", "minima", "fixed points, nodes at ±V₀", "fixed points, current source"),
            [(f"{e['xi']:g}", of(e["correct"], e["of"]), of(e["fixed_points"], e["of"]), of(e["fixed_points_current_source"], e["of"])) for e in bench],
        )
    return html


def _margin_table(run, shown):
    rows = []
    for item in sorted({e["item"] for e in energy_totals(run)}):
        entries = {weights_name(e): e for e in energy_totals(run) if e["item"] == item}
        row = [training_name(run, next(iter(entries.values()))) or "all patterns"]
        for name in shown:
            e = entries.get(name)
            row += [of(e["correct"], e["of"]), number(e["smallest_margin"], ".2f"), f"{e['untrained_correct']} of {e['of']}"] if e else ["", "", ""]
        rows.append(row)
    head = ["training"] + [title for name in shown for title in (name, "smallest margin", "untrained")]
    return table(head, rows, numeric=[k for k in range(1, len(head)) if k % 3 == 2], controls=[k for k in range(1, len(head)) if k % 3 == 0])


# ---- recall, gates, letters ----
def recall(run):
    html = ""
    details = [e for e in shown_entries(run, "recall") if "trained" in e]
    for (_item, name), entries in _merged(details, lambda e: (e["item"], weights_name(e))).items():
        e = entries[0]
        last = max(e["epoch"] for e in entries)
        ended = [e for e in entries if e["epoch"] == last] if len(entries) > MOST_MEMORIES else entries
        words = training_name(run, e) + (f"; of {last} epochs the last" if len(ended) < len(entries) else "")
        rows = [
            (
                name_of(run, e["trained"]),
                of(e["recalled"], e["starts"]),
                "yes" if e["fixed_point"] else mark(False, "no"),
                e["cycles"],
                number(e["overlap_before"], ".2f"),
                number(e["overlap_after"], ".2f"),
                e["control_no_recall"],
                e["control_untrained"],
                e["control_outer_product"],
                e["control_one_more_iteration"],
            )
            for e in ended
        ]
        html += f"<h3>{e['method'].capitalize()}, weights {name}, starts {e['starts_from']} <small>{bracketed(words)}</small></h3>"
        html += table(
            ("trained", "recalled", "fixed point", "cycles", "overlap before", "after", "no recall", "untrained", "outer product", "one more iteration"),
            rows,
            numeric=range(3, 10),
            controls=range(6, 10),
        ) + reasons.listed(reasons.of_recall(run, ended))
    return html


def gate_name(name):
    """ "2" and "3" are the gates that repeat an input."""
    return f"input {name}" if str(name) in ("2", "3") else str(name)


def gates(run):
    html = ""
    details = [e for e in shown_entries(run, "logic") if "wanted" in e]
    inputs = ("−−", "−+", "+−", "++")
    for (_item, name), entries in _merged(details, lambda e: (e["item"], weights_name(e))).items():
        rows = []
        for e in entries:
            for sign in ("plus", "minus"):
                right = e["gate_control_" + sign] in e["wanted"].split("/")
                rows.append(
                    (
                        name_of(run, e["trained"]) if sign == "plus" else "",
                        e["wanted"] if sign == "plus" else "",
                        "+" if sign == "plus" else "−",
                        *minus(e["output_control_" + sign]),
                        mark(right, gate_name(e["gate_control_" + sign])),
                        number(e["margin_control_" + sign], ".2f"),
                        gate_name(e["control_untrained_" + sign]),
                    )
                )
        control, one, two, output = run.names[:4]
        html += f"<h3>Weights {name}</h3><p>Inputs: electrodes {one} and {two}; output: electrode {output}; the control is electrode {control}.</p>"
        html += table(("trained", "wanted", "control", *inputs, "gate", "margin", "untrained film"), rows, numeric=(8,), controls=(9,))
        html += reasons.listed(reasons.of_gates(run, entries))
    return html


def letters(run):
    html = ""
    entries = shown_entries(run, "tiles")
    for (_item, name), group in _merged(entries, lambda e: (e["item"], weights_name(e))).items():
        rows = []
        for e in group:
            controls = [e["control_" + key] for key in ("no_recall", "untrained", "outer_product", "one_more_iteration")]
            rows.append(
                (
                    e["letter"],
                    e["flips"],
                    e["images"],
                    *(number(100 * e[key], ".1f") for key in ("pixel_accuracy", "exact_recovery", "nearest_letter")),
                    *(f"{100 * c['pixel_accuracy']:.1f} / {100 * c['exact_recovery']:.1f}" for c in controls),
                )
            )
        html += f"<h3>{group[0]['method'].capitalize()}, weights {name}</h3>"
        html += table(
            (
                "letter",
                "flips",
                "images",
                "pixels right (%)",
                "exact (%)",
                "nearest letter (%)",
                "no recall",
                "untrained",
                "outer product",
                "one more iteration",
            ),
            rows,
            numeric=range(1, 10),
            controls=range(6, 10),
        )
    if html:
        html = "<p>Each control: pixels right / images recovered exactly, in percent.</p>" + html
        figure = tile_figures.gallery(run)
        if figure is not None:
            html += drawing(figure, "Distorted letters (flipped pixels outlined), and the letters that the film recalls from them window by window.")
    return html


# ---- retention ----
def retention(run):
    figure = retention_figures.curves(run)
    if figure is None:
        return ""
    html = drawing(
        figure,
        "What is left after a time without voltage. Dots: the film; dotted: the untrained film, which has rested as long."
        + (
            " Conductances: the projection of their change by a pulse, dG′·dG/dG·dG over the pairs of electrodes, dG against the untrained film; grey the "
            "memories, black their mean."
            if retention_figures.conductances_at_rest(run)
            else ""
        ),
    )
    for times, entries in _merged(retention_figures.results_at_rest(run), lambda e: tuple(e["time_s"])).items():
        rows = []
        for e in entries:
            most = e.get("of", 1)
            cells = [[f"{v * most:.0f} of {most}" if most > 1 else number(v, ".3f") for v in retention_figures.share(e, control)] for control in (False, True)]
            rows.append([retention_figures.name_of(e), *cells[0], ", ".join(cells[1])])
        html += table(
            ["", *(retention_figures.time_text(t) for t in times), "untrained film"], rows, numeric=range(1, 1 + len(times)), controls=(1 + len(times),)
        )
    return html


# ---- how it was made ----
def provenance(run):
    s, p = run.summary, run.provenance
    cg = f"{s['cg_iterations'] / s['potential_solves']:.1f} iterations per solve" if s.get("potential_solves") else ""
    return facts(
        [
            ("Program", f"hopfilm {p.get('version', '')}, commit {p.get('commit', '')}"),
            ("Build", p.get("build", "")),
            ("Libraries", p.get("libraries", "")),
            ("Host", p.get("host", "")),
            ("Ranks", p.get("ranks", "")),
            ("Started", p.get("started", "")),
            ("Ended", p.get("ended", "")),
            ("Command", p.get("command", "")),
            ("PETSc options", p.get("petsc_options", "")),
            (
                "Film",
                f"{run.mask.shape[1]} × {run.mask.shape[0]} cells of {run.cell[0] * 1e9:g} × {run.cell[1] * 1e9:g} nm, {int((run.mask > 0).sum())} of them "
                "film, "
                f"{run.thickness * 1e9:g} nm thick; {run.n_nodes} electrodes",
            ),
            ("Simulated time", f"{s['simulated_time'] * 1e9:.4g} ns" if "simulated_time" in s else ""),
            ("Wall time", f"{s.get('wall_seconds', 0):.1f} s"),
            ("Time steps", f"{s.get('steps', '')} accepted, {s.get('rejected_steps', '')} rejected, {s.get('rhs_evaluations', '')} right-hand sides"),
            ("Potential", f"{s.get('potential_solves', '')} solves, {s.get('cg_iterations', '')} CG iterations" + (f"; {cg}" if cg else "")),
        ]
    )


def deck(run):
    if not run.deck:
        return ""
    used = run.read_text("deck.yaml")
    more = f"<details><summary>The deck with includes and every default filled in</summary>{yaml_code(used)}</details>" if used else ""
    return yaml_code(run.deck) + more
