"""Spectra of the magnetization after a kick: the power of its averages against frequency, the peaks, and maps of their power over the film.

The averages come from table.tsv. Its lines are equally spaced with output.table_every; those that follow the time steps instead are brought to equal
distances by cubics through four lines. The window falls from 1 at the kick to 0 at the end, cos^2(pi t/2T): what rings down after a kick
is strongest at its start, where the usual windows are zero."""

from collections import namedtuple

import numpy as np

from .style import CURRENT, PAIR_COLOURS, plt

# frequency (Hz) and power of m_x, m_y, m_z, [frequency][component], in units of 1
Spectrum = namedtuple("Spectrum", "frequency power")
Peak = namedtuple("Peak", "frequency power component")
LEAST = 1e-3  # least power of a peak relative to the highest of its component
PADDING = 8  # length of the zero-padded signal relative to the signal, for a smooth curve


def after_kick(run):
    """Time since the last instantaneous change (s) and <m>, [line][component], from table.tsv."""
    rows = np.array([[float(word) for word in line.split("\t")[:4]] for line in run.read_text("table.tsv").splitlines() if line and line[0] != "#"])
    still = np.flatnonzero(np.diff(rows[:, 0]) <= 0) if len(rows) else []
    rows = rows[still[-1] + 1 :] if len(still) else rows
    if len(rows) < 8:
        raise SystemExit(f"{run.directory}: table.tsv has {len(rows)} lines after the last change; a spectrum needs more (output.table_every)")
    return rows[:, 0] - rows[0, 0], rows[:, 1:4]


def resampled(time, values):
    """As many equally spaced times and the values there: the cubic through the four nearest lines."""
    even = np.linspace(0, time[-1], len(time))
    first = np.clip(np.searchsorted(time, even) - 2, 0, len(time) - 4)
    result = np.zeros((len(even), values.shape[1]))
    for a in range(4):
        weight = np.ones(len(even))
        for b in range(4):
            if b != a:
                weight *= (even - time[first + b]) / (time[first + a] - time[first + b])
        result += weight[:, None] * values[first + a]
    return even, result


def transform(time, values):
    """Fourier transform in time (the first axis) of the deviation from the final state, in which the ringing has decayed; (frequency, amplitude)."""
    window = np.cos(0.5 * np.pi * time / time[-1]) ** 2
    deviation = (values - values[-max(1, len(time) // 50) :].mean(axis=0)) * window.reshape(-1, *(1 for _ in values.shape[1:]))
    n = PADDING * len(time)
    return np.fft.rfftfreq(n, time[1] - time[0]), np.fft.rfft(deviation, n, axis=0) * 2 / window.sum()


def spectrum(run):
    time, values = resampled(*after_kick(run))
    frequency, amplitude = transform(time, values)
    return Spectrum(frequency, np.abs(amplitude) ** 2)


def peaks(found, component, lowest):
    """Peaks of one component above `lowest` (Hz), the highest first; the top of the parabola through the logarithms of three points."""
    power = found.power[:, component]
    inside = found.frequency >= lowest
    tops = np.flatnonzero((power[1:-1] > power[:-2]) & (power[1:-1] >= power[2:]) & inside[1:-1]) + 1
    tops = [k for k in tops if power[k] >= LEAST * power[inside].max() and stands_out(power, k)]
    result = []
    for k in sorted(tops, key=lambda k: -power[k]):
        a, b, c = np.log(power[k - 1 : k + 2])
        shift = 0.5 * (a - c) / (a - 2 * b + c)
        result.append(Peak(found.frequency[k] + shift * (found.frequency[1] - found.frequency[0]), power[k], component))
    return result


def stands_out(power, k):
    """The power falls to half on both sides before it rises above the peak."""
    for side in (power[k + 1 :], power[:k][::-1]):
        above = np.flatnonzero(side > power[k])
        if not (side[: above[0]] if len(above) else side).min(initial=power[k]) < 0.5 * power[k]:
            return False
    return True


def maps(run, frequencies, component):
    """Power of a component of m in each cell at these frequencies, [frequency][y][x], from the frames in run.h5 after the kick."""
    times = run.field_times("m")
    still = np.flatnonzero(np.diff(times) <= 0)
    first = still[-1] + 1 if len(still) else 0
    if len(times) - first < 16:
        raise SystemExit(f"{run.directory}: {len(times) - first} frames of m after the kick; a map needs more (output.every)")
    time, m = times[first:] - times[first], run.h5["fields/m"][first:][..., component]
    window = np.cos(0.5 * np.pi * time / time[-1]) ** 2
    deviation = (m - m[-max(1, len(time) // 50) :].mean(axis=0)).reshape(len(time), -1)
    return [np.abs((np.exp(-2j * np.pi * f * time) * window) @ deviation * 2 / window.sum()).reshape(m.shape[1:]) ** 2 for f in frequencies]


def figure(run, highest, component, mapped):
    """Spectra of the averages with the peaks of one component labelled; below, maps of their power."""
    found = spectrum(run)
    chosen = peaks(found, component, 2 / after_kick(run)[0][-1])
    tops = [p for p in chosen if p.frequency < highest][:4]
    rows = [[0] * max(1, len(tops))] + ([[1 + k for k in range(len(tops))]] if mapped and tops else [])
    drawing, axes = plt.subplot_mosaic(rows, figsize=(6.4, 2.9 if len(rows) == 1 else 4.9), height_ratios=[1.5, 1][: len(rows)])
    shown = (found.frequency > 0) & (found.frequency < highest)
    for k, name in enumerate("xyz"):
        axes[0].plot(found.frequency[shown] * 1e-9, found.power[shown, k], color=PAIR_COLOURS[k], label=f"$m_{name}$", lw=1.8 if k == component else 1)
    top = found.power[shown].max()
    for peak in tops:
        axes[0].annotate(
            f"{peak.frequency * 1e-9:.2f}", (peak.frequency * 1e-9, peak.power), (0, 4), textcoords="offset points", ha="center", color=PAIR_COLOURS[component]
        )
    axes[0].set(yscale="log", ylim=(1e-7 * top, 6 * top), xlim=(0, highest * 1e-9), xlabel="frequency (GHz)", ylabel="power of the average")
    axes[0].legend(ncol=3, loc="upper right")
    axes[0].grid(axis="y")
    if len(rows) > 1:
        for k, (peak, power) in enumerate(zip(tops, maps(run, [p.frequency for p in tops], component))):
            axes[1 + k].imshow(np.where(run.saved.mask > 0, power, np.nan), origin="lower", cmap=CURRENT, vmin=0)
            axes[1 + k].set(xticks=[], yticks=[])
            axes[1 + k].set_title(f"{peak.frequency * 1e-9:.2f} GHz")
    drawing.tight_layout()
    return drawing, chosen
