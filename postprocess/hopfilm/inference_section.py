"""The section of a report on noisy patterns. Every accuracy has its controls in the same table, figure or line."""

from . import accuracy_figures, pixel_figures, weight_figures
from .inference import inferences, scans, variant_name
from .page import Markup, drawing, escape, facts, number, table

MOST_WEIGHTINGS = 3  # shown of one step; of a longer scan only the best
SHOWN = ("no-recall", "untrained", "one-more-iteration", "outer-product", "outer-product-neighbours")


def chosen(run):
    """The inferences to draw: of a scan over xi the best."""
    best = {e["item"]: e.get("best") for e, _ in scans(run)}
    found = inferences(run)
    many = {f.item for f in found if sum(g.item == f.item for g in found) > MOST_WEIGHTINGS}
    return [f for f in found if f.item not in many or f.entry.get("xi") == best.get(f.item)]


def _exact(entry):
    return " / ".join(number(v, ".3f") for v in entry["exact_recovery"].values())


def headline_rows(run):
    for found in chosen(run):
        e = found.entry
        controls = ", ".join(f"{variant_name(v)} {number(e['control_' + v.replace('-', '_')], '.3f')}" for v in SHOWN if "control_" + v.replace("-", "_") in e)
        yield (
            "Noisy patterns",
            f"{', '.join(found.names)}; {found.title}",
            Markup(f"accuracy {number(e['accuracy'], '.3f')}, exact {_exact(e)}"),
            f"accuracy: {controls}",
        )
        exact = [f"{variant_name(o.get('control', o.get('rule')))} {_exact(o)}" for o in found.others() if o.get("control", o.get("rule")) in SHOWN]
        yield (
            "",
            f"unstable pixels {', '.join(str(k) for k in e['unstable_pixels'])}",
            f"overlap {number(e['overlap_before'], '.3f')} → {number(e['overlap_after'], '.3f')}",
            f"exact: {'; '.join(exact)}" if exact else "",
        )
    for e, _ in scans(run):
        window = "none" if "window" not in e else f"{e['window'][0]:g} to {e['window'][1]:g}" + (", with gaps" if e.get("window_gaps") else "")
        yield ("Window of ξ", (f"{e['method']}, " if "method" in e else "") + f"{len(e['xi'])} values", f"{window}; best {e['best']:g}", "")


def _row(name, e):
    unstable = ", ".join(str(k) for k in e["unstable_pixels"]) if "unstable_pixels" in e else ""
    return (
        name,
        Markup(f"{number(e['accuracy'], '.3f')}&ensp;({number(e['accuracy_low'], '.3f')}⁠–⁠{number(e['accuracy_high'], '.3f')})"),
        number(e["accuracy_ties_wrong"], ".3f"),
        *(number(v, ".3f") for v in e["exact_recovery"].values()),
        number(e["overlap_after"], ".3f"),
        unstable,
    )


def _table(group):
    first = group[0]
    rows = [_row(Markup("<b>film</b>, {}").format(f.title), f.entry) for f in group] + [
        _row(variant_name(e.get("control", e.get("rule"))), e) for e in first.others()
    ]
    amounts = [first.noise[1].format(a) for a in first.amounts]
    html = table(
        ("", "accuracy (95 %)", "ties wrong", *(f"exact, {a}" for a in amounts), "overlap after", "unstable pixels"), rows, numeric=range(1, 4 + len(amounts))
    )
    described = [(variant_name(e["rule"]), e["description"]) for e in first.others() if "description" in e]
    return html + (f"<details><summary>Which published rules these are</summary>{facts(described)}</details>" if described else "")


def _figure(figure, words):
    return drawing(figure, words) if figure is not None else ""


def _groups(found):
    """Inferences of one step share a table and a figure: they have the same images, and rules that are recalled as the film is."""
    groups = {}
    for f in found:
        groups.setdefault(f.item, []).append(f)
    return list(groups.values())


def inference(run):
    html = ""
    groups = _groups(chosen(run))
    for group in groups:
        first, e = group[0], group[0].entry
        html += f"<h3>{', '.join(escape(name) for name in first.names)}; {escape(', '.join(f.title for f in group))}</h3>" if len(groups) > 1 else ""
        html += (
            f"<p>{e['tests']} noisy images of {len(first.names)} patterns ({e['samples']} of each with every amount of noise); film, controls and rules "
            "see the same ones. "
            f"Accuracy: the most similar stored pattern is the right one; of n patterns that tie each counts 1/n. Exact: all {first.X.shape[1]} pixels. "
            "Overlap before recall: "
            f"{number(e['overlap_before'], '.3f')}.</p>"
        )
        html += _table(group)
        for f in group:
            html += _figure(
                accuracy_figures.epochs(f),
                f"{escape(f.title)}. Left: accuracy at the end of each epoch, with its 95 % interval; the bands are the controls on the same "
                "images. Right: images recovered in every pixel.",
            )
        if len(first.amounts) > 1:
            html += _figure(
                accuracy_figures.against_noise(group), "Against the noise. Left, the accuracy, which needs no recall; right, exact recovery, which does."
            )
        for f in group:
            html += _pictures(f, len(group) > 1)
    html += _scans(run)
    return html + "".join(_weights(found, len(run.wirings) > 1) for found in _wired(run, groups))


def _wired(run, groups):
    """One inference for each wiring that the schedule found; if there is only one, the first of the last group."""
    if len(run.wirings) < 2:
        return [groups[-1][0]] if groups else []
    first = {}
    for found in (f for group in groups for f in group):
        first.setdefault(found.wiring.tobytes(), found)
    return list(first.values())


def _pictures(f, several):
    which = f" ({escape(f.title)})" if several else ""
    html = _figure(pixel_figures.gallery(f), f"Noisy, recalled, true{which}; wrong pixels in red.")
    html += _figure(pixel_figures.confusion(f), f"Confusion matrix{which}: share of the tests of each pattern, over all amounts of noise.")
    if f.array("basins/k") is not None:
        html += _figure(
            accuracy_figures.against_noise([f], f.array("basins/k"), "basins/"), f"Basins of attraction{which}: from one flipped pixel to half of them."
        )
    return html + _figure(
        accuracy_figures.attractors(f),
        f"Attractors while the film learns{which}: each pattern without noise is recalled at every probe; overlap of the "
        "end state with each stored pattern, 1 when it is that pattern. Drawn until nothing changes any more.",
    )


def _scans(run):
    html = ""
    for e, values in scans(run):
        found = next((f for f in inferences(run) if f.item == e["item"]), None)
        html += _figure(
            accuracy_figures.xi_scan(e, values, found),
            "Against ξ; green: the working window, in which every stored pattern is stable and the accuracy is within 0.02 of the best.",
        )
    return html


def _weights(found, several):
    html = f"<h3>Wiring found by item {max(k for k in found.run.wirings if k <= found.item)} of the schedule</h3>" if several else ""
    r = weight_figures.agreement(found)
    words = f" Correlation between the two: {number(r, '.3f')}." if r is not None else ""
    html += _figure(
        weight_figures.weight_map(found),
        "The film as it was read, the weights between its neighbouring electrodes, and those of the outer product of the patterns; thicker "
        f"lines are stronger weights.{words}",
    )
    return html + _figure(
        weight_figures.wiring_map(found), "Wiring: the pixel that each electrode shows, numbered row by row from the top left; black: with the opposite sign."
    )
