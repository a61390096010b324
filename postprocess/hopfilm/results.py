"""Entries of the summary in printable form: names of weights, training modes, control figures."""


def weights_name(entry):
    kind = str(entry.get("weights", ""))
    if kind.startswith("scaled-"):
        kind = f"scaled, ξ = {float(kind[7:]):g}"
    elif "xi" in entry:
        kind = f"{kind}, ξ = {entry['xi']:.5g}"
    after = str(entry.get("after", "")).replace("us", "µs")
    return kind + (", after the pause" if after == "pause" else f", {after} without voltage" if entry.get("after_s") else "")


def shown(run, step):
    """The entries of a step; of a film that it looks at after several times without voltage those of the first. The section on retention has all."""
    entries = run.steps(step)
    first = {}
    for e in entries:
        if "after_s" in e:
            first[e["item"]] = min(e["after_s"], first.get(e["item"], e["after_s"]))
    return [e for e in entries if e.get("after_s") == first.get(e["item"])]


def training_before(run, entry):
    """The training steps whose memories an entry evaluates."""
    return [t for t in run.steps("train") if t["item"] < entry["item"] and t.get("initial") == entry.get("initial")]


def training_name(run, entry):
    """ "start 1, each fresh": which initial state, and how the patterns were trained."""
    trained = training_before(run, entry)
    words = [f"start {entry['initial']}"] if len({e.get("initial") for e in run.results}) > 1 else []
    if trained and max(len(trained), len(trained[-1].get("patterns", []))) > 1:
        words.append("each pattern fresh" if trained[-1].get("fresh") else "one after the other")
    return ", ".join(words)


def energy_details(run):
    return [e for e in shown(run, "energies") if "dataset" in e]


def energy_totals(run):
    return [e for e in shown(run, "energies") if "of" in e]


def totals(run, step):
    """The entries that sum a step up, for steps that also have one entry per memory."""
    return [e for e in shown(run, step) if "of" in e]


def default_weightings(run):
    """The kinds of weights to draw: of a sweep only the xi nearest to the paper's 0.98."""
    names = []
    for item in sorted({e["item"] for e in energy_details(run)}):
        entries = [e for e in energy_details(run) if e["item"] == item]
        sweep = sorted({e["xi"] for e in entries if "xi" in e})
        chosen = min(sweep, key=lambda xi: abs(xi - 0.98)) if sweep else None
        for e in entries:
            if (e.get("xi", chosen) == chosen or e["weights"] != "scaled") and weights_name(e) not in names:
                names.append(weights_name(e))
    return names


def sweep_totals(run):
    """Totals over xi, of the first step that has several."""
    for item in sorted({e["item"] for e in energy_totals(run)}):
        found = [e for e in energy_totals(run) if e["item"] == item and "xi" in e]
        if len({e["xi"] for e in found}) > 1:
            return found
    return []
