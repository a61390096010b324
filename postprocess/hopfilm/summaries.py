"""What a run says of itself in a terminal and in a notebook."""

import base64
import html
import io

import numpy

STYLE = "border-collapse:collapse;font-size:90%"
MOST = 16  # names listed
PICTURE = 160  # pixels, the longer side of the picture of the last texture at least


def readable(value, unit):
    """A length or a time in a unit in which it is short.

    >>> readable(2e-8, "m"), readable(2.62e-9, "s"), readable(0, "s")
    ('20 nm', '2.62 ns', '0 s')
    """
    if not value:
        return f"0 {unit}"
    for prefix, scale in (("", 1), ("m", 1e-3), ("u", 1e-6), ("n", 1e-9), ("p", 1e-12)):
        if abs(value) >= 0.9995 * scale:
            return f"{value / scale:.4g} {prefix}{unit}"
    return f"{value:.4g} {unit}"


def facts(data):
    """[(what, words)] of what the run holds."""
    run, found = data.run, []
    ny, nx = run.mask.shape
    found.append(("film", f"{nx} x {ny} cells of {readable(run.cell[0], 'm')} x {readable(run.cell[1], 'm')}, {readable(run.thickness, 'm')} thick"))
    if run.node_names:
        found.append(("electrodes", f"{run.n_nodes}" + (f" for {run.n} pixels" if run.wiring is not None else ": " + ", ".join(run.node_names[:MOST]))))
    for name in run.field_names():
        times = run.field_times(name)
        found.append((f"fields.{name}", f"{len(times)} frames from {readable(times[0], 's')} to {readable(times[-1], 's')}" if len(times) else "no frame yet"))
    if len(run.time):
        found.append(("conductance", f"{len(run.time)} probes of {run.n} x {run.n}" + (f", gauges {', '.join(run.gauges)}" if run.gauges else "")))
    names = list(data.table)
    found.append(("table", f"{data.table.sizes.get('time', 0)} lines: {', '.join(names[:MOST])}{', ...' if len(names) > MOST else ''}"))
    if data.steps:
        found.append(("steps", ", ".join(data.steps)))
    return found


def run_text(data):
    head = f"<hopfilm run {data.directory}: {data.title} ({data.status})>"
    return "\n".join([head] + [f"    {name:16} {words}" for name, words in facts(data)])


def thumbnail(data):
    """The last m as a PNG, bytes; None without any."""
    from matplotlib.image import imsave

    from .colours import magnetization_colours

    run = data.run
    if "m" not in run.field_names() or not len(run.field_times("m")):
        return None
    step = max(1, max(run.saved.mask.shape) // 400)
    mask = run.saved.mask[::step, ::step]
    colours = magnetization_colours(numpy.asarray(run.field("m", -1)[::step, ::step], float))
    picture = numpy.concatenate([colours, (mask > 0)[..., None].astype(float)], axis=-1)[::-1]
    times = -(-PICTURE // max(mask.shape))
    buffer = io.BytesIO()
    imsave(buffer, numpy.ascontiguousarray(picture.repeat(times, axis=0).repeat(times, axis=1)), format="png")
    return buffer.getvalue()


def run_html(data):
    rows = "".join(
        f'<tr><th style="text-align:left;padding-right:1em">{html.escape(name)}</th><td style="text-align:left">{html.escape(words)}</td></tr>'
        for name, words in facts(data)
    )
    png = thumbnail(data)
    picture = (
        '<img alt="Magnetization at the end: hue is the direction in the plane, white up, black down" '
        f'style="max-width:{PICTURE * 2}px;max-height:{PICTURE * 2}px;'
        f'margin-right:1em" src="data:image/png;base64,{base64.b64encode(png).decode()}">'
        if png
        else ""
    )
    lines = "".join(f"<li>{html.escape(str(entry['headline']))}</li>" for entry in data.run.results if "headline" in entry)
    results = f"<details><summary>results</summary><ul>{lines}</ul></details>" if lines else ""
    return (
        f"<div><b>{html.escape(data.title)}</b> ({html.escape(data.status)})<br><code>{html.escape(data.directory)}</code>"
        f'<div style="display:flex;align-items:flex-start">{picture}<table style="{STYLE}">{rows}</table></div>{results}</div>'
    )
