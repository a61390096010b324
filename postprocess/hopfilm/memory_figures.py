"""All memories of a run side by side: the texture that each pattern left and the current that it drives (Niu et al. 2024, Figs 2 and 4; Yu et al. 2021,
Fig. 2). For a film that learns from the field of a gold layer, the direction of m in the plane; for one that learns from its own current, a maze, stripes of
m_z and the current on a logarithmic scale."""

from .film_figures import current_decades, current_limit, draw_current, draw_current_log, draw_stripes, draw_texture, draw_wheel, linear_ticks, log_ticks
from .style import minus, plt

MOST = 15


def _bar(figure, cell, image, title, log=False):
    """A small horizontal scale in the middle of a cell of the grid; a % in the title is replaced by the power of ten."""
    holder = figure.add_subplot(cell)
    holder.set_axis_off()
    bar = figure.colorbar(image, cax=holder.inset_axes([0.08, 0.4, 0.84, 0.22]), orientation="horizontal", extend="neither" if image.norm.vmin < 0 else "max")
    bar.outline.set_visible(False)
    power = 0
    if log:
        power = log_ticks(bar)
    elif image.norm.vmin < 0:
        bar.set_ticks([-1, 0, 1], labels=["−1", "0", "1"])
    else:
        power = linear_ticks(bar)
    bar.ax.tick_params(length=2, labelsize=8)
    bar.ax.set_title(title.replace("%", f"10$^{{{power}}}$"), fontsize=8.5, pad=5)


def _legend(figure, cell, texture, current, log, title):
    """Colour wheel or scale of m_z and, below it, the scale of the current, in one cell of the grid."""
    inner = cell.subgridspec(2, 3, width_ratios=[1, 5, 1], height_ratios=[1, 1] if log else [3.2, 1.1], hspace=0.15)
    if log:
        _bar(figure, inner[0, 1], texture, "$m_z$")
    else:
        draw_wheel(figure.add_subplot(inner[0, :]))
    if current is not None:
        _bar(figure, inner[1, 1], current, title, log)


def textures_and_currents(run, memories=None):
    """The untrained film with the legend below it, then one column per memory: texture above, current density of the same pattern below."""
    memories = [m for m in (memories or run.memories()) if m[1] is not None][:MOST]
    if not memories:
        return None
    stripes = run.own_current
    untrained = run.untrained_frame(memories[0][0])
    currents = run.currents(j for _, _, j in memories)
    limits = current_decades(run, list(currents.values())) if stripes else None
    if stripes and limits is None:  # no frame was saved while a current flowed
        currents, memories = {}, [(pulse, m, None) for pulse, m, _ in memories]
    limit = current_limit(run, list(currents.values())) if currents else None
    log = limits is not None
    columns = min((4, 5, 3), key=lambda c: (-(len(memories) + 1) % c, abs(c - 4))) if len(memories) > 3 else len(memories) + 1
    rows = -(-(len(memories) + 1) // columns)
    aspect = run.mask.shape[0] * run.cell[1] / (run.mask.shape[1] * run.cell[0])
    figure = plt.figure(figsize=(2.5 * columns, rows * ((2 if currents else 1) * 2.35 * aspect + 0.3)))
    blocks = figure.add_gridspec(rows, columns, left=0.01, right=0.99, top=0.98, bottom=0.01, wspace=0.05, hspace=0.08)
    shade, image = None, None
    for k, (pulse, m, j) in enumerate(memories, start=1):
        block = blocks[divmod(k, columns)].subgridspec(2 if currents else 1, 1, hspace=0.02)
        ax = figure.add_subplot(block[0])
        shade = _texture(ax, run, run.field("m", m), pulse.pattern, stripes)
        _title(ax, run, pulse.pattern)
        if j is not None:
            below = figure.add_subplot(block[1])
            image = (
                draw_current_log(below, run, currents[j], limits, pulse.pattern, True)
                if log
                else draw_current(below, run, currents[j], pulse.pattern, limit=limit)
            )
    block = blocks[0, 0].subgridspec(2, 1, hspace=0.02)
    if untrained is not None:
        ax = figure.add_subplot(block[0])
        _texture(ax, run, run.field("m", untrained), "", stripes)
        ax.set_title("untrained", pad=2)
    _legend(figure, block[1] if untrained is not None or currents else blocks[0, 0], shade, image, stripes, run.current_map and run.current_map[1])
    return figure


def _texture(ax, run, m, pattern, stripes):
    return draw_stripes(ax, run, m, pattern) if stripes else draw_texture(ax, run, m, pattern)


def _title(ax, run, pattern):
    if len(pattern) > 12:
        ax.set_title(run.pattern_label(pattern), fontweight="bold", pad=2)
    else:
        ax.set_title(minus(pattern), family="DejaVu Sans Mono", fontweight="bold", pad=6 if run.own_current else 2, fontsize=11)
