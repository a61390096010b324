"""Letters before and after recall by 2 x 2 windows, as in Niu et al. 2024, Fig. 4h."""

from matplotlib.patches import Rectangle

from .style import ACCENT, ON_LIGHT, SOFT, plt

MOST = 15  # images of a letter shown


def _draw(ax, image, clean, outline=True):
    ny, nx = image.shape
    for j in range(ny):
        for i in range(nx):
            ax.add_patch(Rectangle((i, ny - 1 - j), 0.94, 0.94, facecolor=ON_LIGHT if image[j, i] > 0 else "#eceef0", linewidth=0))
            if outline and image[j, i] != clean[j, i]:
                ax.add_patch(Rectangle((i + 0.06, ny - 1 - j + 0.06), 0.82, 0.82, fill=False, edgecolor=ACCENT, linewidth=1.2))
    ax.set_xlim(-0.05, nx)
    ax.set_ylim(-0.05, ny)
    ax.set_aspect("equal")
    ax.axis("off")


def gallery(run):
    """Rows of letters: distorted above, recalled below. None when the run kept no images."""
    group = run.h5.get("tiles")
    if group is None:
        return None
    sets = []
    group.visititems(lambda name, item: sets.append(name) if name.endswith("/distorted") else None)
    sets = [name.rsplit("/", 1)[0] for name in sets]
    if not sets:
        return None
    first = "/".join(sets[0].split("/")[:2])  # one step, one kind of weights, and the fewest flips
    sets = [name for name in sets if name.startswith(first + "/")]
    fewest = min(int(name.rsplit("-", 1)[1]) for name in sets)
    sets = [name for name in sets if int(name.rsplit("-", 1)[1]) == fewest][:8]
    columns = min(MOST, max(group[name + "/distorted"].shape[0] for name in sets)) + 1
    figure, axes = plt.subplots(2 * len(sets), columns, figsize=(0.6 * columns + 0.4, 1.6 * len(sets)), squeeze=False)
    for ax in axes.flat:
        ax.axis("off")
    for k, name in enumerate(sets):
        distorted, recalled, clean = (group[f"{name}/{part}"][()] for part in ("distorted", "recalled", "clean"))
        _draw(axes[2 * k, 0], clean, clean)
        for c in range(min(MOST, len(distorted))):
            _draw(axes[2 * k, c + 1], distorted[c], clean)
            _draw(axes[2 * k + 1, c + 1], recalled[c], clean)
        axes[2 * k, 1].text(-0.25, 0.5, "distorted", transform=axes[2 * k, 1].transAxes, rotation=90, ha="center", va="center", fontsize=7.5, color=SOFT)
        axes[2 * k + 1, 1].text(-0.25, 0.5, "recalled", transform=axes[2 * k + 1, 1].transAxes, rotation=90, ha="center", va="center", fontsize=7.5, color=SOFT)
    figure.subplots_adjust(left=0.01, right=0.99, top=0.99, bottom=0.01, hspace=0.12, wspace=0.35)
    return figure
