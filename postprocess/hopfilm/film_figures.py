"""Pictures of the film: magnetization as a colour wheel with arrows, current density with stream lines."""
import numpy as np
from matplotlib.colors import Normalize
from matplotlib.patches import Circle

from .run import signs
from .style import ACCENT, CURRENT, FAINT, INK, SOFT, length_unit, magnetization_colours, minus, plt, time_unit


def extent_of(run):
    scale, unit = length_unit(max(run.mask.shape) * run.cell.max())
    ny, nx = run.mask.shape
    x0, y0 = run.origin / scale
    return (x0, x0 + nx * run.cell[0] / scale, y0, y0 + ny * run.cell[1] / scale), scale, unit


def _centres(run, scale):
    ny, nx = run.mask.shape
    return (run.origin[0] + (np.arange(nx) + 0.5) * run.cell[0]) / scale, (run.origin[1] + (np.arange(ny) + 0.5) * run.cell[1]) / scale


def draw_frame(ax, run, pattern, labels):
    """Outline of the film, electrodes with the signs of their voltages."""
    extent, scale, unit = extent_of(run)
    x, y = _centres(run, scale)
    x, y = (np.concatenate([[c[0] - d], c, [c[-1] + d]]) for c, d in ((x, x[1] - x[0]), (y, y[1] - y[0])))
    ax.contour(x, y, np.pad(run.mask > 0, 1), levels=[0.5], colors=[FAINT], linewidths=0.8)
    side = max(extent[1] - extent[0], extent[3] - extent[2])
    radius = 0.045 * side if run.n <= 9 else 0.25 * np.sqrt(side * side / run.n) * 0.5
    sign = signs(pattern) if len(pattern) == run.n else np.zeros(run.n)
    for k, (px, py) in enumerate(run.positions / scale):
        if sign[k] == 0 and len(run.names[k]) > 2:
            continue  # no room for the name
        face = {1: INK, -1: "white", 0: "#dddddd"}[int(sign[k])]
        ax.add_patch(Circle((px, py), radius, facecolor=face, edgecolor=INK, linewidth=0.9, zorder=5, clip_on=False))
        mark = {1: "+", -1: "−", 0: run.names[k]}[int(sign[k])]
        ax.text(px, py, mark, color="white" if sign[k] > 0 else INK, ha="center", va="center_baseline", fontsize=8 if run.n <= 9 else 5, zorder=6,
                fontweight="bold")
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


def draw_texture(ax, run, m, pattern="", labels=False, arrows=19):
    extent, scale, _ = extent_of(run)
    film = run.mask > 0
    picture = np.ones(m.shape[:2] + (3,))
    picture[film] = magnetization_colours(m)[film]
    ax.imshow(picture, origin="lower", extent=extent, interpolation="nearest")
    every = max(1, round(max(film.shape) / arrows))
    x, y = _centres(run, scale)
    rows, columns = (slice(((n - 1) % every) // 2, None, every) for n in film.shape)
    inside = film[rows, columns]
    mx, my = (np.where(inside, m[rows, columns, c], np.nan) for c in (0, 1))
    spacing = every * run.cell[0] / scale
    ax.quiver(x[columns], y[rows], mx, my, pivot="mid", units="xy", angles="xy", scale_units="xy", scale=1 / (0.86 * spacing), color=INK,
              width=0.105 * spacing, headwidth=3.6, headlength=4.2, headaxislength=3.7, minlength=0.2)
    draw_frame(ax, run, pattern, labels)


def draw_current(ax, run, j, pattern="", labels=False, limit=None):
    """|j| as shade, direction as stream lines. Returns the image, for a colour bar."""
    extent, scale, _ = extent_of(run)
    film = run.mask > 0
    size = np.hypot(j[..., 0], j[..., 1])
    if limit is None:
        limit = current_limit(run, [j])
    image = ax.imshow(np.ma.masked_where(~film, size), origin="lower", extent=extent, cmap=CURRENT, norm=Normalize(0, limit), interpolation="nearest")
    x, y = _centres(run, scale)
    jx, jy = (np.where(film, j[..., c], np.nan) for c in (0, 1))
    if np.nanmax(size[film], initial=0) > 0:
        ax.streamplot(x, y, jx, jy, density=0.75, color=ACCENT, linewidth=0.75, arrowsize=0.75, maxlength=6.0, broken_streamlines=True)
    draw_frame(ax, run, pattern, labels)
    return image


def current_limit(run, currents):
    """Upper end of the scale: the current crowds at the contacts, so not the maximum."""
    film = run.mask > 0
    return max(np.percentile(np.hypot(j[..., 0], j[..., 1])[film], 97) for j in currents) or 1.0


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


def _legend(figure, cell, image):
    """Colour wheel and, below it, the scale of the current, in one cell of the grid."""
    inner = cell.subgridspec(2, 3, width_ratios=[1, 4, 1], height_ratios=[4, 1.1], hspace=0.15)
    draw_wheel(figure.add_subplot(inner[0, :]))
    if image is None:
        return
    bar_ax = figure.add_subplot(inner[1, 1])
    bar_ax.set_axis_off()
    bar = figure.colorbar(image, cax=bar_ax.inset_axes([0, 0.45, 1, 0.3]), orientation="horizontal", extend="max")
    bar.outline.set_visible(False)
    top = image.norm.vmax
    power = int(np.floor(np.log10(top)))
    step = {1: 0.5, 2: 1, 3: 1, 4: 2}.get(int(top / 10.0**power), 2) * 10.0**power
    ticks = np.arange(0, top, step)
    bar.set_ticks(ticks, labels=[f"{t / 10.0**power:g}" for t in ticks])
    bar.ax.tick_params(length=2, labelsize=8)
    bar.ax.set_title(f"|j| (10$^{{{power}}}$ A/m²)", fontsize=8.5, pad=5)


def textures_and_currents(run, memories=None):
    """The legend and the untrained film, then one column per memory: texture above, current density of the same pattern below."""
    memories = [m for m in (memories or run.memories()) if m[1] is not None]
    if not memories:
        return None
    first = memories[0][0]
    mark = run.untrained_probe(first)
    untrained = run.frame_before("m", mark) if mark is not None else None
    has_currents = any(j is not None for _, _, j in memories)
    currents = {j: run.field("j", j) for _, _, j in memories if j is not None}
    limit = current_limit(run, list(currents.values())) if currents else None
    columns = min((4, 5, 3), key=lambda c: (-(len(memories) + 1) % c, abs(c - 4))) if len(memories) > 3 else len(memories) + 1
    rows = -(-(len(memories) + 1) // columns)
    aspect = run.mask.shape[0] * run.cell[1] / (run.mask.shape[1] * run.cell[0])
    figure = plt.figure(figsize=(2.5 * columns, rows * ((2 if has_currents else 1) * 2.35 * aspect + 0.3)))
    blocks = figure.add_gridspec(rows, columns, left=0.01, right=0.99, top=0.98, bottom=0.01, wspace=0.05, hspace=0.08)
    image = None
    for k, (pulse, m, j) in enumerate(memories, start=1):
        block = blocks[divmod(k, columns)].subgridspec(2 if has_currents else 1, 1, hspace=0.02)
        ax = figure.add_subplot(block[0])
        draw_texture(ax, run, run.field("m", m), pulse.pattern)
        ax.set_title(minus(pulse.pattern), family="DejaVu Sans Mono", fontweight="bold", pad=2, fontsize=11)
        if j is not None:
            image = draw_current(figure.add_subplot(block[1]), run, currents[j], pulse.pattern, limit=limit)
    block = blocks[0, 0].subgridspec(2, 1, hspace=0.02)
    if untrained is not None:
        ax = figure.add_subplot(block[0])
        draw_texture(ax, run, run.field("m", untrained))
        ax.set_title("untrained", pad=2)
    _legend(figure, block[1], image)
    return figure


def _caption(ax, run, name, frame):
    times = run.field_times(name)
    if len(times):
        scale, unit = time_unit(times.max())
        pattern = run.pattern_of_frame(name, frame)
        ax.set_title(f"t = {times[frame] / scale:.4g} {unit}" + (f",  {minus(pattern)}" if pattern else ""), loc="left")


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
    bar.set_label("|j| (A/m²)")
    bar.formatter.set_useMathText(True)
    return figure
