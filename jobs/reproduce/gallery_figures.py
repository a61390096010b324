"""Kinds of pictures of the gallery: each takes the runs (an ensemble's takes its folder) and returns a figure."""

import os
import re
import sys

import numpy as np
from launcher import ROOT
from matplotlib.quiver import Quiver

sys.path.insert(0, os.path.join(ROOT, "postprocess"))
from hopfilm.film_figures import current_limit, draw_current, draw_stripes, draw_texture, draw_wheel  # noqa: E402
from hopfilm.hysteresis_figures import MU0, branches  # noqa: E402
from hopfilm.inference import inferences, scans  # noqa: E402
from hopfilm.pixel_figures import paint  # noqa: E402
from hopfilm.retention_figures import SHOWN, share  # noqa: E402
from hopfilm.run import pairs  # noqa: E402
from hopfilm.spectra import spectrum  # noqa: E402
from hopfilm.style import ACCENT, FAINT, INK, PAIR_COLOURS, SOFT, minus, plt  # noqa: E402

SIZE = 2.2, 1.65  # inches: 440 x 330 pixels


# ---- parts of pictures ----
def panels(rows, columns, height=None, width=SIZE[0]):
    figure, axes = plt.subplots(rows, columns, figsize=(width, height or (1.27 if rows == 1 and columns > 1 else SIZE[1])), squeeze=False)
    figure.subplots_adjust(left=0.01, right=0.99, bottom=0.01, top=0.9 if rows == 1 else 0.93, wspace=0.06, hspace=0.2)
    for ax in axes.flat:
        ax.axis("off")
    return figure, list(axes.flat)


def plot(x, y):
    """A figure with one pair of axes, their labels inside the picture."""
    figure, ax = plt.subplots(figsize=SIZE)
    figure.subplots_adjust(left=0.2, right=0.97, bottom=0.23, top=0.95)
    ax.set_xlabel(x, fontsize=7, labelpad=1)
    ax.set_ylabel(y, fontsize=7, labelpad=1)
    ax.tick_params(labelsize=6.5, length=2, pad=1.5)
    ax.grid(axis="y")
    return figure, ax


def title(ax, words):
    ax.set_title(minus(words), fontsize=7, pad=1.5)


def bare(ax):
    """Takes the electrodes away, which would hide a small film."""
    for part in list(ax.patches) + list(ax.texts):
        part.remove()


def texture(ax, run, frame, words="", arrows=9, large=False):
    draw_texture(ax, run, run.field("m", frame), words if large and set(words) <= set("+-") else "", arrows=arrows)
    ax.axis("off")
    if not large:
        bare(ax)
    title(ax, words)


def named_frames(run, frames):
    """[(frame, title)] of the frames that a picture shows: numbers, or patterns whose last memory it is."""
    memories = {pulse.pattern: m for pulse, m, _ in run.memories()}
    return [(memories[f], f) if isinstance(f, str) else f for f in frames]


# ---- kinds of pictures: each takes the runs and returns a figure ----
def textures(*frames, arrows=9, rows=1, large=False):
    def draw(*runs):
        columns = len(frames) if len(runs) == 1 else len(runs)
        shown = [(run, f) for run in runs for f in named_frames(run, frames)]
        if rows > 1:
            columns = -(-len(shown) // rows)
        figure, axes = panels(rows, columns, *((1.35, 3.6) if large else ()))
        for ax, (run, (frame, words)) in zip(axes, shown):
            texture(ax, run, frame, words, arrows, large)
        return figure

    return draw


def beside(*words, pattern=None, frame=-1, arrows=9, stripes=False):
    """The same frame of several runs."""

    def draw(*runs):
        figure, axes = panels(1, len(runs))
        for ax, run, text in zip(axes, runs, words):
            at = {pulse.pattern: m for pulse, m, _ in run.memories()}[pattern] if pattern else frame
            if stripes:
                draw_stripes(ax, run, run.field("m", at))
                ax.axis("off")
                title(ax, text)
            else:
                texture(ax, run, at, text, arrows)
        return figure

    return draw


def stripes(*frames, large=False):
    def draw(run):
        figure, axes = panels(1, len(frames), *((1.35, 3.6) if large else ()))
        for ax, (frame, words) in zip(axes, frames):
            draw_stripes(ax, run, run.field("m", frame), words if large and set(words) <= set("+-") else "")
            ax.axis("off")
            title(ax, words)
        return figure

    return draw


def switch(run):
    pulse = run.pulses[1]
    figure, ax = plot("time (ns)", "change of |G| (%)")
    time = 1e9 * (run.time[pulse.probes] - run.time[pulse.probes[0]])
    ends = {}
    for k, (i, j) in enumerate(pairs(run.n)):
        values = np.abs(run.G[pulse.probes, i, j])
        ax.plot(time, 100 * (values / values[0] - 1), color=PAIR_COLOURS[k], linewidth=1.2)
        ends.setdefault(round(100 * (values[-1] / values[0] - 1)), []).append(f"{i + 1}–{j + 1}")
    for end, names in ends.items():
        ax.annotate(", ".join(names), (time[-1], end), xytext=(0, -10 if end > 0 else 5), textcoords="offset points", fontsize=6.5, ha="right")
    return figure


def letters(run, count=4):
    """Noisy above, recalled below; wrong pixels in red."""
    found = inferences(run)[-1]
    images, of = found.pictures(found.array("gallery")), found.array("gallery_of")
    chosen = [int(np.nonzero(of[:, 0] == p)[0][-1]) for p in range(len(found.names))][:5] if len(found.names) > 1 else list(range(len(of)))[-count:]
    figure, axes = panels(2, len(chosen))
    for column, k in enumerate(chosen):
        for row in (0, 1):
            ax = axes[row * len(chosen) + column]
            ax.imshow(paint(images[k, row], images[k, 2]), interpolation="nearest")
        title(axes[column], f"{of[k, 1]:g} flip" + "s" * int(of[k, 1] > 1))
        title(axes[len(chosen) + column], "recalled")
    return figure


def windows(run):
    sets = []
    run.h5["tiles"].visititems(lambda name, item: sets.append(name.rsplit("/", 1)[0]) if name.endswith("/distorted") else None)
    sets = [name for name in sets if name.endswith("-1")][:4]  # one flip
    figure, axes = panels(2, len(sets))
    for column, name in enumerate(sets):
        distorted, recalled, clean = (
            run.h5[f"tiles/{name}/{part}"][4] if part != "clean" else run.h5[f"tiles/{name}/clean"][()] for part in ("distorted", "recalled", "clean")
        )
        for row, image in enumerate((distorted, recalled)):
            axes[row * len(sets) + column].imshow(paint(image, clean), interpolation="nearest")
        title(axes[column], "1 flip")
        title(axes[len(sets) + column], "recalled")
    return figure


def confusion(run):
    found = inferences(run)[0]
    counts = found.array("confusion")[:, : len(found.names)]
    figure, ax = plot("answered", "shown")
    ax.imshow(counts / counts.sum(axis=1, keepdims=True), cmap="Blues", vmin=0, vmax=1)
    ax.grid(False)
    ax.set_xticks(range(len(found.names)), found.names)
    ax.set_yticks(range(len(found.names)), found.names)
    for i, row in enumerate(counts / counts.sum(axis=1, keepdims=True)):
        for k, value in enumerate(row):
            if value >= 0.005:
                ax.text(k, i, f"{100 * value:.0f}", ha="center", va="center", fontsize=6, color="white" if value > 0.55 else INK)
    return figure


def epochs(run):
    found = inferences(run)[0]
    epoch, accuracy, exact = (found.array("epochs/" + name) for name in ("epoch", "accuracy", "exact"))
    figure, ax = plot("epoch", "share")
    ax.plot(epoch, accuracy, "o-", color=PAIR_COLOURS[0], markersize=2, linewidth=1.2)
    ax.plot(epoch, exact[:, 0], "-", color=PAIR_COLOURS[1], linewidth=1.2)
    ax.text(epoch[-1], accuracy[-1] - 0.03, "letter named right", color=PAIR_COLOURS[0], fontsize=6, ha="right", va="top")
    ax.text(epoch[-1], exact[-1, 0] - 0.06, "exact from one flip", color=PAIR_COLOURS[1], fontsize=6, ha="right", va="top")
    for name, colour in (("untrained", FAINT), ("no-recall", INK)):
        ax.axhline(found.pooled("accuracy", name), color=colour, linestyle=":", linewidth=1)
    ax.set_ylim(0, 1.05)
    ax.set_xticks(range(0, int(epoch[-1]) + 1, 4))
    return figure


def xi_scan(run):
    entry, scan = scans(run)[0]
    order = np.argsort(scan["xi"])
    figure, ax = plot("xi", "share")
    ax.plot(scan["xi"][order], scan["accuracy"][order], color=PAIR_COLOURS[0], linewidth=1.2)
    ax.plot(scan["xi"][order], scan["exact"][order][:, 0], color=PAIR_COLOURS[1], linewidth=1.2)
    ax.axvspan(*entry["window"], color="#e3f0ea", linewidth=0)
    ax.text(1.0155, 0.14, "letter named right", color=PAIR_COLOURS[0], fontsize=6, ha="right")
    ax.text(1.0155, 0.04, "exact from one flip", color=PAIR_COLOURS[1], fontsize=6, ha="right")
    ax.set_ylim(0, 1.05)
    return figure


def retention(*words):
    """The same figure at rest, of several runs."""

    def draw(*runs):
        four = any(e["of_step"] == "energies" for e in runs[0].steps("retention"))
        figure, ax = plot("time without voltage", "minima right" if four else "exact, all flips")
        for run, text, colour in zip(runs, words, (PAIR_COLOURS[0], PAIR_COLOURS[1])):
            entries = [e for e in run.steps("retention") if e["of_step"] in SHOWN]
            entry = max(entries, key=lambda e: np.mean(share(e)))
            first = min(t for t in entry["time_s"] if t > 0)
            places = [np.log10(t) if t > 0 else np.log10(first) - 0.5 for t in entry["time_s"]]
            ax.plot(places, share(entry), "o-", color=colour, markersize=2.5, linewidth=1.2)
            ax.annotate(
                text, (places[1], share(entry)[1]), xytext=(6, -9 if share(entry)[1] > 0.6 else 6), textcoords="offset points", fontsize=6, color=colour
            )
            ax.set_xticks(places, ["0"] + [f"{t * 1e9:g} ns" if t < 1e-6 else f"{t * 1e6:g} µs" for t in entry["time_s"][1:]])
        ax.set_ylim(-0.04, 1.08)
        return figure

    return draw


def wiring(run):
    found = next(f for f in inferences(run) if f.wiring is not None)
    x, y = run.positions.T
    columns, rows = (np.searchsorted(np.unique(np.round(v, 12)), np.round(v, 12)) for v in (x, y))
    figure, axes = panels(1, 1, height=1.0)
    picture = np.zeros((rows.max() + 1, columns.max() + 1))
    picture[rows, columns] = np.abs(found.wiring)
    axes[0].imshow(picture, origin="lower", cmap="turbo", interpolation="nearest")
    for c, r, number in zip(columns, rows, found.wiring):
        axes[0].text(c, r, "+" if number > 0 else "−", ha="center", va="center", fontsize=5, color="white")
    title(axes[0], "pixel (colour) and sign of each node")
    return figure


def remembered(run):
    """Loss of the adaptive flow network against the distance along the rim from the trained node."""
    item = max(run.h5["learn"])
    loss, gammas = run.array(f"learn/{item}/loss"), run.array(f"learn/{item}/gamma")
    figure, ax = plot("angle from the trained load (°)", "loss / untrained")
    count = loss.shape[1]
    distance = np.arange(count) - count // 2
    for k, gamma in enumerate(gammas):
        ax.plot(360 / count * distance, loss[k][distance % count], color=PAIR_COLOURS[k], linewidth=1.2, label=f"γ = {gamma:g}")
    ax.legend(fontsize=6, frameon=False)
    return figure


def learned(run):
    """Error of every task along the steps, by coupled learning and by equilibrium propagation."""
    figure, ax = plot("step", "error")
    for k, (item, name) in enumerate(zip(sorted(run.h5["learn"], key=int), ("coupled", "equilibrium"))):
        error, steps = run.array(f"learn/{item}/error"), run.array(f"learn/{item}/step")
        for t, course in enumerate(error):
            ax.loglog(steps[1:], course[1:], color=PAIR_COLOURS[k], linewidth=0.6, label=name if t == 0 else None)
    ax.legend(fontsize=6, frameon=False)
    return figure


def winners(run):
    """Conductance of the winning path of nanowires relative to the best path beside it, against the voltage."""
    figure, ax = plot("voltage (V)", "winner / second path")
    for k, (item, name) in enumerate(zip(sorted(run.h5["learn"], key=int), ("rates", "exponent 0.8", "exponent 1.1"))):
        ax.loglog(run.array(f"learn/{item}/voltage"), run.array(f"learn/{item}/gap"), "o-", color=PAIR_COLOURS[k], linewidth=1.2, markersize=2, label=name)
    ax.legend(fontsize=6, frameon=False)
    return figure


def temperatures(run):
    """Accuracy against the temperature of the recall, of the film and of rules."""
    tests = [entry for entry in run.steps("infer") if entry.get("method") == "stochastic"]
    lines = {
        "accuracy": "film",
        "control_boltzmann_machine": "Boltzmann machine",
        "control_contrastive_hebbian": "contrastive",
        "control_untrained": "untrained",
    }
    figure, ax = plot("temperature T", "letter named right")
    T = [test["temperature"] for test in tests]
    for k, (key, name) in enumerate(lines.items()):
        style, z = ("o--", 3) if k == 1 else ("o-", 2)
        ax.semilogx(T, [test[key] for test in tests], style, color=PAIR_COLOURS[k], linewidth=1.2, markersize=2, label=name, zorder=z)
    ax.set_xticks(T, [f"{t:g}" for t in T])
    ax.minorticks_off()
    ax.set_ylim(0, 1.05)
    ax.legend(fontsize=6, frameon=False)
    return figure


def rules(run):
    """Exact recovery from one flip, of the film and of every rule."""
    test = next(entry for entry in run.steps("infer") if "exact_recovery" in entry)
    others = [
        entry for step in ("control", "baseline") for entry in run.steps(step) if entry["item"] == test["item"] and entry.get("control") != "one-more-iteration"
    ]
    exact = {"film": test} | {(entry.get("control") or entry["rule"]).replace("-", " "): entry for entry in others}
    exact = {name: list(entry["exact_recovery"].values())[0] for name, entry in exact.items()}
    figure, ax = plot("exact, one flip", "")
    ax.barh(range(len(exact)), list(exact.values()), color=[PAIR_COLOURS[0] if name == "film" else PAIR_COLOURS[1] for name in exact])
    ax.set_yticks(range(len(exact)), exact, fontsize=5.5)
    ax.grid(False)
    figure.subplots_adjust(left=0.5)
    ax.invert_yaxis()
    ax.set_xlim(0, 1)
    return figure


def kept_states(run):
    """States that the elastic network keeps against those that it learned, for several exponents of its springs."""
    item = max(run.h5["learn"])
    kept, error, xi = (run.array(f"learn/{item}/{name}") for name in ("kept", "kept_error", "xi"))
    figure, ax = plot("states learned", "states kept")
    learned = np.arange(1, kept.shape[2] + 1)
    ax.plot(learned, learned, color="0.8", linewidth=0.8)
    for k, row in enumerate(np.flatnonzero(np.isin(xi, (0.25, 0.5, 0.75, 1, 2)))):
        ax.errorbar(learned, kept[row, 0], error[row, 0], fmt="o-", color=PAIR_COLOURS[k], linewidth=1.2, markersize=2, label=f"ξ = {xi[row]:g}")
    ax.legend(fontsize=6, frameon=False)
    return figure


def attractors(run):
    """States of elastic networks that are all kept against how far off they were let go: springs that grew, and designed ones."""
    figure, ax = plot("let go off by", "states all kept")
    lines = {}
    for entry in run.steps("learn"):
        if entry["nodes"] == 10:
            kind = ("k, l > 0" if entry["positive"] else "any k, l") if entry["simultaneous"] else f"grown, ξ {entry['xi']:g}"
            lines.setdefault(kind, []).append((entry["kick"], entry["capacity"], entry["capacity_error"]))
    for k, (kind, points) in enumerate(lines.items()):
        ax.errorbar(*zip(*points), fmt="o-", color=PAIR_COLOURS[k], linewidth=1.2, markersize=2, label=kind)
    ax.set_xscale("log")
    ax.legend(fontsize=6, frameon=False)
    return figure


def aging(run):
    """Poisson's ratio along directed aging under compression and under shear."""
    item = max(run.h5["learn"])
    nu, time = run.array(f"learn/{item}/nu"), run.array(f"learn/{item}/aging_time")
    figure, ax = plot("time of aging", "Poisson's ratio")
    for k, held in enumerate(("compression", "shear")):
        ax.plot(time, nu[k], color=PAIR_COLOURS[k], linewidth=1.2, label=held)
    ax.legend(fontsize=6, frameon=False)
    return figure


def loop(run):
    figure, ax = plot("µ$_0$H (mT)", "m along the field")
    for k, (field, m) in enumerate(branches(run, run.steps("hysteresis")[0])):
        ax.plot(field, m, "-", color=PAIR_COLOURS[k], linewidth=1.2)
    return figure


def table(run):
    rows = [line.split("\t") for line in run.read_text("table.tsv").splitlines()]
    return np.array([[float(word) for word in row[:4]] for row in rows if row and row[0] and row[0][0] not in "#t"])


def averages(run):
    rows = table(run)
    start = np.flatnonzero(np.diff(rows[:, 0]) <= 0)
    rows = rows[start[-1] + 1 :] if len(start) else rows
    figure, ax = plot("time (ns)", "⟨m⟩")
    for c, name in enumerate("xyz"):
        ax.plot(1e9 * (rows[:, 0] - rows[0, 0]), rows[:, 1 + c], color=PAIR_COLOURS[c], linewidth=1.2)
        ax.annotate(f"$m_{name}$", (0.92, (0.16, 0.65, 0.42)[c]), xycoords="axes fraction", fontsize=7, color=PAIR_COLOURS[c])
    return figure


def resonance(run):
    found = spectrum(run)
    inside = (found.frequency > 2e9) & (found.frequency < 20e9)
    figure, ax = plot("frequency (GHz)", "power of $m_y$")
    ax.semilogy(found.frequency[inside] * 1e-9, found.power[inside, 1], color=PAIR_COLOURS[0], linewidth=1.1)
    for peak in (8.25, 11.25):
        ax.axvline(peak, color=ACCENT, linestyle=":", linewidth=0.9)
    ax.tick_params(axis="y", labelleft=False)
    return figure


def edge(run):
    m = run.field("m", -1)
    middle = m[m.shape[0] // 2]
    figure, ax = plot("x (nm)", "$m_x$")
    ax.plot((np.arange(len(middle)) + 0.5) * run.cell[0] * 1e9 - 50, middle[:, 0], color=PAIR_COLOURS[0], linewidth=1.3)
    for value in (-0.65779, 0.65779):
        ax.axhline(value, color=ACCENT, linestyle=":", linewidth=0.9)
    return figure


def profile(run):
    """m along the middle row."""
    m = run.field("m", -1)
    x = (np.arange(m.shape[1]) + 0.5) * run.cell[0] * 1e9
    figure, ax = plot("x (nm)", "m")
    for c, name in enumerate("xyz"):
        ax.plot(x, m[m.shape[0] // 2, :, c], color=PAIR_COLOURS[c], linewidth=1.2)
        top = np.argmax(m[m.shape[0] // 2, :, c]) if np.ptp(m[m.shape[0] // 2, :, c]) > 0.1 else 1
        ax.annotate(
            f"$m_{name}$", (x[top], m[m.shape[0] // 2, top, c]), xytext=(0, 3), textcoords="offset points", fontsize=7, color=PAIR_COLOURS[c], ha="center"
        )
    ax.set_ylim(-1.1, 1.4)
    return figure


def pinning(run):
    rows = table(run)
    field = np.loadtxt(os.path.join(ROOT, "inputs", "validation", "wall-pinning.txt"), comments="#")
    along = np.argmax(np.abs(field[:, 1:]).max(axis=0))
    figure, ax = plot("µ$_0$H (T)", "⟨m⟩ along the field")
    start = np.flatnonzero(np.diff(rows[:, 0]) <= 0)
    rows = rows[start[-1] + 1 :] if len(start) else rows
    ax.plot(MU0 * np.interp(rows[:, 0] - rows[0, 0], field[:, 0], field[:, 1 + along]), rows[:, 1 + along], color=PAIR_COLOURS[0], linewidth=1.2)
    ax.axvline(1.568 * np.sign(field[-1, 1 + along]), color=ACCENT, linestyle=":", linewidth=0.9)
    return figure


def imperfections(*runs):
    """Exact recovery from one flip by sweeps against the displacement of the contacts, one colour a start."""
    found = {}
    for run in runs:
        size = re.search(r"misplacement-(\d+)", run.directory)
        entry = next(f for f in inferences(run) if "sweeps" in f.entry["method"])
        found.setdefault(int(size.group(1)) if size else 0, []).append(entry.array("exact")[entry.index("film")][0])
    figure, ax = plot("contacts displaced by (nm)", "exact from one flip")
    sizes = sorted(found)
    ax.plot(sizes, [np.mean(found[s]) for s in sizes], "o-", color=PAIR_COLOURS[0], markersize=3, linewidth=1.2)
    for s in sizes:
        ax.plot([s] * len(found[s]), found[s], ".", color=SOFT, markersize=3)
    ax.set_ylim(0, 1)
    return figure


def quantity(words):
    """A quantity of a deck in SI units; Oe stay Oe."""
    number, unit = re.fullmatch(r"\W*([-+]?[\d.]+(?:e[-+]?\d+)?)\s*([a-zA-Z]*)\W*", words).groups()
    return float(number) * {"nm": 1e-9, "um": 1e-6, "ns": 1e-9}.get(unit, 1.0)


def ensemble(figure_name, keys, words, unit=1.0, log=False, by=None, nth=0):
    """A number of every member against a key of the ensemble, or the product of several: members as dots, means as a line, one line for each value of `by`.
    nth: of several columns of that name, as a list of xi gives them."""

    def draw(directory):
        lines = [line.split("\t") for line in open(os.path.join(directory, "ensemble.tsv"), encoding="utf-8").read().splitlines()]
        head = [name.lstrip("# ") for name in lines[0]]
        column = lambda pattern, which=0: [k for k, name in enumerate(head) if re.fullmatch(pattern, name)][which]
        x_at, y_at, groups = [column(key) for key in keys.split()], column(figure_name, nth), {}
        for line in lines[1:]:
            if re.match(r"[-+.\d]", line[y_at]):
                point = np.prod([quantity(line[k]) for k in x_at]) / unit, float(line[y_at])
                groups.setdefault(line[column(by)].strip("[]").split(",")[0] if by else "", []).append(point)
        figure, ax = plot(*words)
        for colour, (name, points) in zip(PAIR_COLOURS, groups.items()):
            x = sorted({p[0] for p in points})
            means = [np.mean([q for p, q in points if p == a]) for a in x]
            ax.plot(*zip(*points), ".", color=colour if by else SOFT, markersize=3)
            ax.plot(x, means, "-", color=colour, linewidth=1.2)
            ax.text(x[1], means[1], " " + name.replace("um", "µm"), color=colour, fontsize=6.5, va="bottom")
        if log:
            ax.set_xscale("symlog", linthresh=log)
        if min(value for points in groups.values() for _, value in points) >= 0:
            ax.set_ylim(bottom=0)
        return figure

    draw.takes_directory = True
    return draw


def top(run):
    """The untrained film and three memories: textures above, the currents of their patterns below; twice the size that the README shows."""
    figure = plt.figure(figsize=(8.4, 4.35))
    grid = figure.add_gridspec(2, 4, left=0.005, right=0.995, top=0.94, bottom=0.01, wspace=0.04, hspace=0.03)
    memories = {pulse.pattern: (pulse, m, j) for pulse, m, j in run.memories()}
    chosen = [memories[p] for p in ("++--", "+-+-", "+---")]
    currents = [run.field(run.current_map[0], j) for _, _, j in chosen]
    limit = current_limit(run, currents)
    ax = figure.add_subplot(grid[0, 0])
    draw_texture(ax, run, run.field("m", 0))
    next(part for part in ax.collections if isinstance(part, Quiver)).remove()
    ax.set_title("before training", fontsize=11, pad=2)
    draw_wheel(figure.add_subplot(grid[1, 0]))
    for k, ((pulse, m, _), j) in enumerate(zip(chosen, currents), 1):
        ax = figure.add_subplot(grid[0, k])
        draw_texture(ax, run, run.field("m", m), pulse.pattern)
        ax.set_title(minus(pulse.pattern), fontsize=12, pad=2)
        draw_current(figure.add_subplot(grid[1, k]), run, j, pulse.pattern, limit=limit)
    return figure
