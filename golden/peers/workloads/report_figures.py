"""The figures of a report, drawn by matplotlib: those of workloads/report.py.

The same set as `reprise report` makes of two systems, 6 folds, 3 seeds, 30 epochs, 24 speakers, 8 classes and 240
utterances on each map: 20 figures with as many marks, each as SVG and PDF at the width of a column and of a page,
and all of them once more in one PDF. Its tables, texts, web page and contact sheet are left out. Numbers are
random. The layout "constrained" keeps labels from lying over each other, as Reprise does; without it matplotlib
is quicker.
"""
import numpy as np
import matplotlib
matplotlib.use("Agg")
from matplotlib.backends.backend_pdf import PdfPages  # noqa: E402
import matplotlib.pyplot as plt  # noqa: E402

plt.rcParams.update({"font.family": "DejaVu Sans", "font.size": 6.5, "svg.fonttype": "path"})
CLASSES = ["neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised"]
SPEAKERS = [f"{index:02d}" for index in range(1, 25)]
SYSTEMS = ["full", "plain"]
MARKERS = "osD^vPX*"
rng = np.random.default_rng(0)


def new(width, height, *grid):
    return plt.subplots(*grid, figsize=(width, height))


def matrix(ax, values, texts, cmap, low, high, rows=CLASSES):
    image = ax.imshow(values, cmap=cmap, vmin=low, vmax=high, aspect="auto")
    image.set_rasterized(False)
    ax.set_xticks(range(len(CLASSES)), CLASSES, rotation=90)
    ax.set_yticks(range(len(rows)), rows)
    for row in range(len(rows)):
        for column in range(len(CLASSES)):
            ax.text(column, row, texts[row][column], ha="center", va="center", fontsize=5)


def confusion(width):
    figure, axes = new(width, width * 0.5, 1, 2)
    counts = rng.integers(0, 400, (8, 8))
    shares = counts / counts.sum(1, keepdims=True)
    matrix(axes[0], shares, counts.astype(str), "Blues", 0, 1)
    matrix(axes[1], shares, [[f"{100 * value:.1f}" for value in row] for row in shares], "Blues", 0, 1)
    return figure


def difference(width):
    figure, ax = new(width, width * 0.6)
    values = rng.normal(0, 4, (8, 8))
    matrix(ax, values, [[f"{v:+.1f}\n{v - 3:+.1f} to {v + 3:+.1f}" for v in row] for row in values], "PuOr_r", -12, 12)
    return figure


def curves(width, panels):
    figure, axes = new(width, width * 0.24 * ((panels + 1) // 2), (panels + 1) // 2, 2)
    for ax in axes.flat[:panels]:
        lines = np.exp(-np.arange(30) / 12) + 0.03 * rng.normal(size=(18, 30))
        for line in lines:
            ax.plot(range(1, 31), line, lw=0.4, alpha=0.5)
        for seed in range(3):
            ax.plot(range(1, 31), lines[6 * seed:6 * seed + 6].mean(0), lw=0.8, ls="--")
        ax.plot(range(1, 31), lines.mean(0), lw=1.4, color="k")
        ax.set_title("loss")
        ax.set_xlabel("epoch")
        ax.grid(axis="y", lw=0.4)
    return figure


def tsne(width, groups):
    figure, ax = new(width, width)
    points = rng.normal(size=(240, 2))
    for group in range(groups):
        own = points[group::groups]
        ax.scatter(own[:, 0], own[:, 1], s=8, marker=MARKERS[group % 8], label=f"{group} ({len(own)})")
    ax.set_xticks([])
    ax.set_yticks([])
    ax.legend(ncols=3, loc="upper center", bbox_to_anchor=(0.5, 0))
    return figure


def strips(width, names):
    figure, ax = new(width, 0.6 + 0.17 * len(names))
    for row in range(len(names)):
        values = rng.uniform(50, 90, (2, 4))
        ax.plot(values[:, 0], [row, row], color="0.7", lw=1)
        for system in range(2):
            ax.scatter(values[system, 1:], [row] * 3, s=4, alpha=0.5)
            ax.scatter([values[system, 0]], [row], s=24, marker=MARKERS[system])
        ax.text(92, row, f"{values[0, 0]:.1f}", va="center")
    ax.set_yticks(range(len(names)), names)
    ax.set_xlabel("WA, %")
    ax.grid(axis="x", lw=0.4)
    return figure


def bars(width):
    figure, ax = new(width, width * 0.4)
    for system in range(2):
        values = rng.uniform(50, 90, 8)
        ax.barh(np.arange(8) + 0.4 * system, values, 0.4, xerr=rng.uniform(2, 6, 8), label=SYSTEMS[system])
        for row, value in enumerate(values):
            ax.text(101, row + 0.4 * system, f"{value:.1f}", va="center")
    ax.set_yticks(range(8), CLASSES)
    ax.legend()
    return figure


def forest(width):
    figure, ax = new(width, 1.2)
    for row in range(2):
        ax.errorbar([rng.normal()], [row], xerr=[2], fmt=MARKERS[row], capsize=2)
        ax.text(6, row, "-0.5 (-2.3 to +1.3)", va="center")
    ax.axvline(0, color="k")
    return figure


def reliability(width):
    figure, axes = new(width, width * 0.55, 2, 2)
    for column in range(2):
        edges = np.arange(15) / 15
        axes[0, column].bar(edges, rng.uniform(0, 1, 15), 1 / 15, align="edge")
        axes[0, column].scatter(edges + 1 / 30, edges + 1 / 30, s=4)
        axes[0, column].plot([0, 1], [0, 1], ls="--")
        axes[1, column].bar(edges, rng.integers(0, 1000, 15), 1 / 15, align="edge")
    return figure


def attention(width):
    figure, axes = new(width, width * 0.5, 4, 2)
    for index in range(4):
        weights, mel = axes[2 * (index // 2), index % 2], axes[2 * (index // 2) + 1, index % 2]
        for _ in range(16):
            weights.plot(rng.uniform(0, 0.03, 90), lw=0.3, alpha=0.5)
        weights.plot(rng.uniform(0, 0.03, 90), lw=1, color="k")
        mel.imshow(rng.normal(size=(80, 360)), cmap="Blues", aspect="auto", origin="lower")
    return figure


def mixture(width):
    figure, axes = new(width, width * 0.5, 3, 1)
    for ax in axes:
        high = rng.uniform(0, 1, 500)
        ax.fill_between(np.arange(500), -high, high)
        ax.grid(axis="y", lw=0.4)
    return figure


def overview(width):
    figure, axes = new(width, width, 2, 2)
    counts = rng.integers(0, 9, (24, 8))
    matrix(axes[0, 0], counts, counts.astype(str), "Blues", 0, 12, SPEAKERS)
    for ax, rows in ((axes[0, 1], 24), (axes[1, 0], 8)):
        for row in range(rows):
            ax.plot([2.5, 5], [row, row], lw=0.6)
            ax.plot([3.2, 4.1], [row, row], lw=3, alpha=0.5)
            ax.scatter([3.7], [row], s=14)
    axes[1, 1].axis("off")
    return figure


def figures(width):
    yield strips(width, ["full", "plain", "recorded"])
    yield bars(width)
    yield overview(width)
    yield strips(width, [f"fold {index}" for index in range(1, 7)])
    yield forest(width)
    yield forest(width)
    yield strips(width, SPEAKERS)
    yield bars(width)
    yield difference(width)
    yield confusion(width)
    yield confusion(width)
    yield curves(width, 8)
    yield curves(width, 5)
    yield tsne(width, 8)
    yield tsne(width, 8)
    yield tsne(width, 4)
    yield tsne(width, 4)
    yield attention(width)
    yield mixture(width)
    yield reliability(width)


def draw(folder, layout="none"):
    """Writes all figures into `folder`."""
    plt.rcParams["figure.constrained_layout.use"] = layout == "constrained"
    with PdfPages(f"{folder}/report.pdf") as pages:
        for width in (3.5, 7.16):
            for index, figure in enumerate(figures(width)):
                figure.savefig(f"{folder}/{index}-{width}.svg")
                figure.savefig(f"{folder}/{index}-{width}.pdf")
                if width > 4:
                    pages.savefig(figure)
                plt.close(figure)
