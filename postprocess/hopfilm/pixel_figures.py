"""Patterns as pictures of pixels: noisy, recalled and true ones side by side, and the confusion matrix (Niu et al. 2024, Fig. 5b)."""

import numpy as np
from matplotlib.colors import to_rgb

from .style import ACCENT, CURRENT, INK, ON_DARK, ON_LIGHT, SOFT, plt

ON, OFF, WRONG_ON, WRONG_OFF = (np.array(to_rgb(c)) for c in (INK, "#e6e8eb", ACCENT, "#f2b4a6"))
BLOCK = 8  # points of the canvas per pixel, one of them gap
MOST_ROWS, MOST_TRIPLES = 12, 4  # patterns, images of each


def paint(image, truth=None):
    """[row][column] of +-1 -> RGB; pixels that differ from the truth in red."""
    wrong = np.zeros(image.shape, bool) if truth is None else image != truth
    on = image > 0
    colours = np.where(wrong[..., None], np.where(on[..., None], WRONG_ON, WRONG_OFF), np.where(on[..., None], ON, OFF))
    gap = 1 if max(image.shape) <= 14 else 0
    block = BLOCK if gap else max(2, BLOCK * 7 // max(image.shape))
    canvas = np.repeat(np.repeat(colours, block, axis=0), block, axis=1)
    if gap:
        canvas[block - 1 :: block] = 1
        canvas[:, block - 1 :: block] = 1
        canvas = canvas[:-1, :-1]
    return canvas


def gallery(found):
    """A row of noisy -> recalled -> true pictures for every pattern, the amounts of noise in turn. None when the step kept no images."""
    images, of = found.array("gallery"), found.array("gallery_of")
    if images is None:
        return None
    images = found.pictures(images)
    members = [np.nonzero(of[:, 0] == p)[0] for p in range(len(found.names))][:MOST_ROWS]
    height, width = paint(images[0, 0]).shape[:2]
    triples = min(MOST_TRIPLES, max(len(m) for m in members))
    gap, arrow = height // 3, int(0.55 * width)
    step = 3 * width + 2 * arrow + width
    canvas = np.ones((len(members) * (height + gap) - gap, triples * step - width, 3))
    figure, ax = plt.subplots(figsize=(12, 12 * canvas.shape[0] / canvas.shape[1]))
    for r, member in enumerate(members):
        top = r * (height + gap)
        for c, k in enumerate(member[:triples]):
            for part in range(3):
                x = c * step + part * (width + arrow)
                canvas[top : top + height, x : x + width] = paint(images[k, part], images[k, 2])
                if part:
                    ax.annotate(
                        "",
                        xy=(x - 0.14 * arrow, top + height / 2),
                        xytext=(x - 0.9 * arrow, top + height / 2),
                        arrowprops={"arrowstyle": "-|>", "color": SOFT, "lw": 0.8, "mutation_scale": 7},
                    )
                else:
                    ax.text(x + width / 2, top - 0.12 * gap, found.noise[1].format(of[k, 1]), ha="center", va="bottom", fontsize=8)
                if part and not r:
                    ax.text(x + width / 2, -0.12 * gap, ("recalled", "truth")[part - 1], ha="center", va="bottom", fontsize=8, color=SOFT)
        ax.text(-0.3 * width, top + height / 2, found.names[r], ha="right", va="center", fontweight="bold")
    ax.imshow(canvas, interpolation="nearest")
    ax.axis("off")
    return figure


def confusion(found):
    """Share of the tests of each pattern (rows) that are recognized as each pattern or end in a tie (columns)."""
    counts = found.array("confusion")
    if counts is None:
        return None
    share = 100 * counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    if not counts[:, -1].any():
        share = share[:, :-1]
    rows, columns = share.shape
    figure, ax = plt.subplots(figsize=(0.72 * columns + 1.1, 0.72 * rows + 0.9))
    ax.imshow(share, cmap=CURRENT, vmin=0, vmax=100)
    for i in range(rows):
        for k in range(columns):
            ax.text(k, i, f"{share[i, k]:.1f}" if share[i, k] else "0", ha="center", va="center", color=ON_DARK if share[i, k] > 55 else ON_LIGHT, fontsize=8.5)
    ax.set_xticks(range(columns), found.names + ["tie"][: columns - rows], fontweight="bold")
    ax.set_yticks(range(rows), found.names, fontweight="bold")
    for p, x in enumerate(found.pictures(found.X)):
        for where in ([-1.12, p - 0.36, 0.5, 0.72],):
            small = ax.inset_axes(where, transform=ax.transData)
            small.imshow(paint(x), interpolation="nearest")
            small.axis("off")
    ax.tick_params(length=0, pad=3)
    ax.xaxis.tick_top()
    ax.yaxis.set_tick_params(pad=42)
    ax.set_xlabel("answered (%)", labelpad=5)
    ax.set_ylabel("shown", labelpad=3)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return figure
