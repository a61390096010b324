"""The film of the texture: all saved frames of m, and of the current where it was saved at the same times, small enough to stand in the report.

Each frame becomes indices into a palette of at most 256 colours, all frames together one PNG file, which the page cuts up again. Directions for the arrows are
bytes, 255 to a turn."""

import base64
import io

import numpy as np
from matplotlib.colors import to_hex
from PIL import Image

from .film_figures import current_decades, current_limit, extent_of
from .style import CURRENT, STRIPES, magnetization_colours, time_unit

MOST_FRAMES, MOST_SIDE, MOST_BYTES = 120, 200, 900_000
HUES, HEIGHTS, SHADES = 36, 7, 63  # colours: directions in the plane times m_z; shades of the current
ARROWS = 21  # along the longer side


def _chosen(count, most):
    """Evenly spaced indices, the first and the last among them."""
    return sorted(set(np.linspace(0, count - 1, min(count, most)).round().astype(int).tolist()))


def _wheel_palette():
    hue = 2 * np.pi * np.arange(HUES) / HUES
    z = np.linspace(-1, 1, HEIGHTS)
    flat = np.sqrt(1 - z**2)
    m = np.stack(np.broadcast_arrays(flat * np.cos(hue)[:, None], flat * np.sin(hue)[:, None], z), axis=-1)
    return magnetization_colours(m).reshape(-1, 3)


def _wheel_index(m):
    hue = np.round(np.arctan2(m[..., 1], m[..., 0]) / (2 * np.pi) * HUES).astype(int) % HUES
    return hue * HEIGHTS + np.clip(np.round((m[..., 2] + 1) / 2 * (HEIGHTS - 1)), 0, HEIGHTS - 1).astype(int)


def _sprite(frames, film, palette):
    """Frames of indices [frame][y][x] in one PNG with row 0 of the film at the bottom, index 0 for what is not film: (data URI, frames in a row)."""
    frames = np.where(film, frames + 1, 0).astype(np.uint8)[:, ::-1]
    n, ny, nx = frames.shape
    columns = max(1, min(n, 4000 // nx))
    rows = -(-n // columns)
    sheet = np.zeros((rows * columns, ny, nx), np.uint8)
    sheet[:n] = frames
    sheet = sheet.reshape(rows, columns, ny, nx).swapaxes(1, 2).reshape(rows * ny, columns * nx)
    image = Image.fromarray(sheet, "P")
    image.putpalette([0, 0, 0] + [int(v) for v in np.round(255 * palette).ravel()])
    buffer = io.BytesIO()
    image.save(buffer, "PNG", transparency=0, optimize=True)
    return buffer.getvalue(), columns


def _arrows(field, film, every):
    """Directions in the plane of every n-th cell, 1 to 255 of a turn of 255 parts, 0 where there is no film or no direction: [frame][row][column], the
    lowest row first."""
    rows, columns = (slice(((n - 1) % every) // 2, None, every) for n in film.shape)
    x, y = (field[:, rows, columns, c] for c in (0, 1))
    size = np.hypot(x, y)
    turn = np.round(np.arctan2(y, x) / (2 * np.pi) * 255).astype(int) % 255 + 1
    seen = film[rows, columns] & (size > (0.25 if field.shape[-1] == 3 else 0.12 * np.median(size[size > 0]) if (size > 0).any() else 0))
    return np.where(seen, turn, 0).astype(np.uint8)


def _layer(fields, film, index, palette, every):
    data, columns = _sprite(index, film, palette)
    directions = _arrows(fields, film, every) if every else None
    return data, {"columns": columns, "arrows": base64.b64encode(directions.tobytes()).decode() if every else "", "across": directions.shape[2] if every else 0}


def _moment_of(run):
    """The kind of picture: "stripes" of m_z for a film magnetized out of the plane, "wheel" otherwise."""
    if run.n_nodes:
        return "stripes" if run.own_current else "wheel"
    last = run.field("m", -1)[run.saved.mask > 0]
    return "stripes" if (last[:, 2] ** 2).mean() > 0.5 else "wheel"


def _frames_of_current(run, frames):
    """For each frame of m that of the current at the same time, or None."""
    if not run.current_map:
        return [None] * len(frames)
    name = run.current_map[0]
    times, currents = run.field_times("m"), run.field_times(name)
    probes, of_currents = run.array("fields/probe/m"), run.array(f"fields/probe/{name}")
    found = []
    for k in frames:
        same = np.isclose(currents, times[k], rtol=1e-9, atol=0) & (of_currents == probes[k] if probes is not None and of_currents is not None else True)
        found.append(int(np.nonzero(same)[0][-1]) if same.any() else None)
    return found


def reel(run):
    """What the page needs to show the film, None with fewer than two frames of m: {"layers": [...], "frames": [...], ...}; see report.js."""
    count = len(run.field_times("m")) if "m" in run.field_names() else 0
    if count < 2 or min(run.saved.mask.shape) < 2:
        return None
    ny, nx = run.saved.mask.shape
    stripes = _moment_of(run) == "stripes"
    for most, side in ((MOST_FRAMES, MOST_SIDE), (80, MOST_SIDE), (60, 160), (48, 120), (36, 100), (24, 80)):
        stride = -(-max(ny, nx) // side)
        chosen = _chosen(count, most)
        film = run.saved.mask[::stride, ::stride] > 0
        m = np.stack([run.field("m", k)[::stride, ::stride] for k in chosen])
        every = max(1, round(max(film.shape) / ARROWS))
        index = np.round((np.clip(m[..., 2], -1, 1) + 1) / 2 * 128).astype(int) if stripes else _wheel_index(m)
        palette = STRIPES(np.linspace(0, 1, 129))[:, :3] if stripes else _wheel_palette()
        layers = [_layer(m, film, index, palette, 0 if stripes else every)]
        currents = _frames_of_current(run, chosen)
        if sum(k is not None for k in currents) > 1:
            layers.append(_current_layer(run, currents, stride, film, every))
        if sum(len(data) for data, _ in layers) <= MOST_BYTES:
            break
    shown = []
    for data, layer in layers:
        layer["sheet"] = "data:image/png;base64," + base64.b64encode(data).decode()
        shown.append(layer)
    shown[0].update({"title": "<i>m<sub>z</sub></i>", **_bar(STRIPES, ("−1", "0", "1"))} if stripes else {"title": "magnetization", "wheel": _wheel()})
    return {
        "width": film.shape[1],
        "height": film.shape[0],
        "aspect": nx * run.saved.cell[0] / (ny * run.saved.cell[1]),
        "layers": shown,
        "frames": _labels(run, chosen, currents),
        "electrodes": _electrodes(run),
    }


def _current_layer(run, currents, stride, film, every):
    fields = {k: run.field(run.current_map[0], k)[..., :2] for k in currents if k is not None}
    sizes = {k: np.hypot(j[..., 0], j[..., 1]) for k, j in fields.items()}
    log = run.own_current
    low, high = (current_decades(run, list(fields.values())) or (1, 10)) if log else (0, current_limit(run, list(fields.values())))
    shade = {k: (np.log(np.maximum(s, low) / low) / np.log(high / low) if log else s / high) for k, s in sizes.items()}
    index = np.stack(
        [np.clip(np.round(shade[k][::stride, ::stride] * (SHADES - 1)), 0, SHADES - 1) if k is not None else np.zeros(film.shape) for k in currents]
    ).astype(int)
    zero = np.zeros(film.shape + (2,))
    j = np.stack([fields[k][::stride, ::stride] if k is not None else zero for k in currents])
    data, layer = _layer(j, film, index, CURRENT(np.linspace(0, 1, SHADES))[:, :3], every)
    power = int(np.floor(np.log10(high)))
    ticks = [low, (low * high) ** 0.5 if log else high / 2, high]
    return data, {**layer, "title": run.current_map[1].replace("%", f"10<sup>{power}</sup>"), **_bar(CURRENT, [f"{t / 10.0**power:.2g}" for t in ticks])}


def _bar(colours, ticks):
    """A scale for the page: its colours, and what stands at its ends and in its middle."""
    return {"colours": [to_hex(c) for c in colours(np.linspace(0, 1, 9))], "ticks": list(ticks)}


def _wheel():
    """Colours of the directions in the plane, clockwise from +x as CSS counts."""
    angle = -2 * np.pi * np.arange(25) / 24
    return [to_hex(c) for c in magnetization_colours(np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=-1))]


def _electrodes(run):
    """Places from the left and from the top, as shares of the width and height; the names."""
    x0, x1, y0, y1 = extent_of(run, run.saved)[0]
    scale = extent_of(run, run.saved)[1]
    return (
        [{"x": (x / scale - x0) / (x1 - x0), "y": 1 - (y / scale - y0) / (y1 - y0), "name": name} for (x, y), name in zip(run.positions, run.node_names)]
        if run.n_nodes <= 64
        else []
    )


def _labels(run, chosen, currents):
    """Of each frame its time, the pattern and the signs of the electrodes."""
    times = run.field_times("m")
    scale, unit = time_unit(times.max())
    frames = []
    for k, current in zip(chosen, currents):
        pattern = run.pattern_of_frame("m", k)
        frames.append(
            {
                "t": float(times[k]),
                "time": f"{times[k] / scale:.4g} {unit}" if times.max() > times.min() else "",
                "pattern": run.pattern_label(pattern) if pattern else "",
                "signs": "".join("-0+"[s + 1] for s in run.node_signs(pattern)) if pattern else "",
                "current": current is not None,
            }
        )
    return frames
