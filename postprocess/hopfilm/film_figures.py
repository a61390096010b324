"""Pictures of the film: magnetization as a colour wheel with arrows or as stripes of m_z, current density with stream lines or on a logarithmic scale."""

import numpy as np
from matplotlib.colors import LogNorm, Normalize
from matplotlib.patches import Circle

from .layout import units
from .style import ACCENT, CURRENT, FAINT, INK, ON_LIGHT, SOFT, STRIPES, length_unit, magnetization_colours, plt, time_unit


def extent_of(run, part=None):
    """Left, right, lower and upper end of the film, or of `part` (run.saved), in a suitable unit of length; the unit in metres; its name."""
    part = part or run
    scale, unit = length_unit(max(run.mask.shape) * run.cell.max())
    ny, nx = part.mask.shape
    x0, y0 = part.origin / scale
    return (x0, x0 + nx * part.cell[0] / scale, y0, y0 + ny * part.cell[1] / scale), scale, unit


def _centres(part, scale):
    ny, nx = part.mask.shape
    return (part.origin[0] + (np.arange(nx) + 0.5) * part.cell[0]) / scale, (part.origin[1] + (np.arange(ny) + 0.5) * part.cell[1]) / scale


def draw_frame(ax, run, pattern, labels):
    """Outline of the film, electrodes with the signs of their voltages."""
    extent, scale, unit = extent_of(run)
    x, y = _centres(run, scale)
    x, y = (np.concatenate([[c[0] - d], c, [c[-1] + d]]) for c, d in ((x, x[1] - x[0]), (y, y[1] - y[0])))
    ax.contour(x, y, np.pad(run.mask > 0, 1), levels=[0.5], colors=[FAINT], linewidths=0.8)
    side = max(extent[1] - extent[0], extent[3] - extent[2])
    _draw_electrodes(ax, run, run.node_signs(pattern), scale, side)
    margin = 0.03 * side
    ax.set_xlim(extent[0] - margin, extent[1] + margin)
    ax.set_ylim(extent[2] - margin, extent[3] + margin)
    ax.set_aspect("equal")
    for spine in ax.spines.values():
        spine.set_visible(False)
    if labels:
        ax.set_xlabel(f"x ({unit})")
        ax.set_ylabel(f"y ({unit})")
        ax.tick_params(length=2)
    else:
        ax.set_xticks([])
        ax.set_yticks([])


def _draw_electrodes(ax, run, sign, scale, side):
    few = run.n_nodes <= 9
    radius = 0.045 * side if few else 0.12 * np.sqrt(np.prod(run.mask.shape) * np.prod(run.cell) / run.n_nodes) / scale
    for k, (px, py) in enumerate(run.positions / scale):
        if sign[k] == 0 and (len(run.node_names[k]) > 2 or not few):
            continue  # no room for the name
        face = {1: INK, -1: "white", 0: "#dddddd"}[int(sign[k])]
        _edge_contact(ax, run, k, face, scale)
        ax.add_patch(Circle((px, py), radius, facecolor=face, edgecolor=INK, linewidth=0.9 if few else 0.6, zorder=5, clip_on=False))
        if few:
            ax.text(
                px,
                py,
                {1: "+", -1: "−", 0: run.node_names[k]}[int(sign[k])],
                color="white" if sign[k] > 0 else INK,
                ha="center",
                va="center_baseline",
                fontsize=8,
                zorder=6,
                fontweight="bold",
            )


def _edge_contact(ax, run, k, face, scale):
    """Draws a contact along an edge of the film as a bar over its whole length."""
    rows, columns = np.nonzero(run.electrodes == k)
    if len(rows) < 2 or (np.ptp(rows) and np.ptp(columns)):
        return
    x, y = (run.origin[axis] / scale + run.cell[axis] / scale * where for axis, where in ((0, columns), (1, rows)))
    for width, colour in ((4.6, INK), (2.8, face)):
        ax.plot(
            [x.min(), x.max()],
            [y.min(), y.max()],
            color=colour,
            linewidth=width,
            solid_capstyle="projecting" if colour == INK else "butt",
            zorder=4,
            clip_on=False,
        )


def draw_texture(ax, run, m, pattern="", labels=False, arrows=19):
    extent, scale, _ = extent_of(run, run.saved)
    film = run.saved.mask > 0
    picture = np.zeros(m.shape[:2] + (4,))  # transparent beside the film
    picture[film, :3] = magnetization_colours(m)[film]
    picture[film, 3] = 1
    ax.imshow(picture, origin="lower", extent=extent, interpolation="nearest")
    every = max(1, round(max(film.shape) / arrows))
    x, y = _centres(run.saved, scale)
    rows, columns = (slice(((n - 1) % every) // 2, None, every) for n in film.shape)
    inside = film[rows, columns]
    mx, my = (np.where(inside, m[rows, columns, c], np.nan) for c in (0, 1))
    spacing = every * run.saved.cell[0] / scale
    ax.quiver(
        x[columns],
        y[rows],
        mx,
        my,
        pivot="mid",
        units="xy",
        angles="xy",
        scale_units="xy",
        scale=1 / (0.86 * spacing),
        color=ON_LIGHT,
        rasterized=True,
        width=0.105 * spacing,
        headwidth=3.6,
        headlength=4.2,
        headaxislength=3.7,
        minlength=0.2,
    )
    draw_frame(ax, run, pattern, labels)


def draw_current(ax, run, j, pattern="", labels=False, limit=None):
    """|j| as shade, direction as stream lines. Returns the image, for a colour bar."""
    extent, scale, _ = extent_of(run, run.saved)
    film = run.saved.mask > 0
    size = np.hypot(j[..., 0], j[..., 1])
    if limit is None:
        limit = current_limit(run, [j])
    image = ax.imshow(np.ma.masked_where(~film, size), origin="lower", extent=extent, cmap=CURRENT, norm=Normalize(0, limit), interpolation="nearest")
    _stream_lines(ax, run, j, scale)
    draw_frame(ax, run, pattern, labels)
    return image


def _stream_lines(ax, run, j, scale):
    if min(j.shape[:2]) < 2:
        return  # a line of cells
    x, y = _centres(run.saved, scale)
    jx, jy = (np.where(run.saved.mask > 0, j[..., c], np.nan) for c in (0, 1))
    if np.nanmax(np.abs(jx), initial=0) > 0 or np.nanmax(np.abs(jy), initial=0) > 0:
        lines = ax.streamplot(x, y, jx, jy, density=0.75, color=ACCENT, linewidth=0.75, arrowsize=0.75, maxlength=6.0, broken_streamlines=True)
        lines.lines.set_rasterized(True)


def current_limit(run, currents):
    """Upper end of the scale: the current crowds at the contacts, so not the maximum."""
    film = run.saved.mask > 0
    return max(np.percentile(np.hypot(j[..., 0], j[..., 1])[film], 97) for j in currents) or 1.0 if film.any() else 1.0


def draw_wheel(ax):
    """The legend of draw_texture."""
    n = 201
    x, y = np.meshgrid(np.linspace(-1, 1, n), np.linspace(-1, 1, n))
    r = np.hypot(x, y)
    m = np.stack([x, y, np.sqrt(np.clip(1 - r * r, 0, 1))], axis=-1)
    rgba = np.concatenate([magnetization_colours(m), np.where(r <= 1, 1.0, 0.0)[..., None]], axis=-1)
    ax.imshow(rgba, origin="lower", extent=(-1, 1, -1, 1), interpolation="bilinear")
    ax.add_patch(Circle((0, 0), 1, fill=False, edgecolor=SOFT, linewidth=0.7))
    ax.annotate("", xy=(1.45, 0), xytext=(1.04, 0), arrowprops={"arrowstyle": "-|>", "color": SOFT, "lw": 0.8, "mutation_scale": 6})
    ax.annotate("", xy=(0, 1.45), xytext=(0, 1.04), arrowprops={"arrowstyle": "-|>", "color": SOFT, "lw": 0.8, "mutation_scale": 6})
    ax.text(1.55, 0, "$m_x$", va="center", ha="left", fontsize=8)
    ax.text(0, 1.55, "$m_y$", va="bottom", ha="center", fontsize=8)
    ax.text(0, 0, "$m_z$", va="center", ha="center", fontsize=7, color=SOFT)
    ax.set_xlim(-1.2, 2.3)
    ax.set_ylim(-1.2, 2.2)
    ax.set_aspect("equal")
    ax.axis("off")


def draw_stripes(ax, run, m, pattern=""):
    extent, _, _ = extent_of(run, run.saved)
    image = ax.imshow(np.ma.masked_where(run.saved.mask == 0, m[..., 2]), origin="lower", extent=extent, cmap=STRIPES, vmin=-1, vmax=1, interpolation="nearest")
    draw_frame(ax, run, pattern, False)
    return image


def current_decades(run, currents):
    """Ends of a logarithmic scale for several currents, without the few cells at the corners of contacts. None when nothing flows."""
    sizes = np.concatenate([np.hypot(j[..., 0], j[..., 1])[run.saved.mask > 0] for j in currents]) if currents else np.zeros(0)
    return tuple(np.percentile(sizes[sizes > 0], [1, 99.5])) if (sizes > 0).any() else None


def draw_current_log(ax, run, j, limits, pattern="", lines=False):
    extent, scale, _ = extent_of(run, run.saved)
    size = np.hypot(j[..., 0], j[..., 1])
    image = ax.imshow(
        np.ma.masked_where(run.saved.mask == 0, np.maximum(size, limits[0])),
        origin="lower",
        extent=extent,
        cmap=CURRENT,
        norm=LogNorm(*limits),
        interpolation="nearest",
    )
    if lines:
        _stream_lines(ax, run, j, scale)
    draw_frame(ax, run, pattern, False)
    return image


def log_ticks(bar):
    """Three ticks or more on a logarithmic colour bar, at 1, 2, 5, 10, ... times a power of ten where they suffice; returns the power."""
    low, high = bar.mappable.norm.vmin, bar.mappable.norm.vmax
    power = int(np.floor(np.log10(high) + 1e-9))
    for bases in ((1,), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 5, 7)):
        ticks = [base * 10.0**p for p in range(int(np.floor(np.log10(low))), power + 1) for base in bases if low * 0.999 <= base * 10.0**p <= high * 1.001]
        if len(ticks) >= 3:
            break
    else:
        ticks = [float(f"{t:.2g}") for t in np.geomspace(low, high, 3)]
    bar.set_ticks(ticks, labels=[f"{t / 10.0**power:.3g}" for t in ticks])
    bar.minorticks_off()
    return power


def linear_ticks(bar):
    """Three ticks or more from zero on a linear colour bar; returns the power of ten of their labels."""
    high = bar.mappable.norm.vmax
    power = int(np.floor(np.log10(high)))
    step = next(s for s in (5, 2, 1, 0.5, 0.2) if high / (s * 10.0**power) >= 2)
    ticks = step * 10.0**power * np.arange(int(high / (step * 10.0**power) + 1e-9) + 1)
    bar.set_ticks(ticks, labels=[f"{t / 10.0**power:.3g}" for t in ticks])
    return power


def _caption(ax, run, name, frame):
    times = run.field_times(name)
    if len(times):
        scale, unit = time_unit(times.max())
        pattern = run.pattern_of_frame(name, frame)
        ax.set_title(f"t = {times[frame] / scale:.4g} {unit}" + (f",  {run.pattern_label(pattern)}" if pattern else ""), loc="left")


def _check(run, name, frame):
    if name not in run.field_names():
        raise SystemExit(f"{run.directory}: no field {name}; there are: {', '.join(run.field_names()) or 'none'}")
    frames = run.h5[f"fields/{name}"].shape[0]
    if not -frames <= frame < frames:
        raise SystemExit(f"{run.directory}: frame {frame} of {name} is not there; there are {frames}")


def one_texture(run, frame):
    _check(run, "m", frame)
    figure, ax = plt.subplots(figsize=(5.2, 5))
    draw_texture(ax, run, run.field("m", frame), labels=True, arrows=27)
    _caption(ax, run, "m", frame)
    draw_wheel(ax.inset_axes([1.01, 0.78, 0.22, 0.22]))
    return figure


def one_current(run, name, frame):
    _check(run, name, frame)
    figure, ax = plt.subplots(figsize=(5.6, 5))
    image = draw_current(ax, run, run.field(name, frame), run.pattern_of_frame(name, frame), labels=True)
    _caption(ax, run, name, frame)
    bar = figure.colorbar(image, ax=ax, shrink=0.6, extend="max", pad=0.03)
    bar.outline.set_visible(False)
    bar.set_label(f"|j| ({units(run.h5[f'fields/{name}']).replace('^2', '²')})")
    bar.formatter.set_useMathText(True)
    return figure
