"""Pictures of a model's quality: confusion and calibration, as SVG with the same bytes for the same numbers.

matplotlib is a development dependency; only training and `triage evaluate --html` draw.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from triage.classify.measure import Names
from triage.classify.model import Floats
from triage.errors import WrongInput

_BINS = 10
_SETTINGS: Any = {"svg.hashsalt": "triage", "svg.fonttype": "none", "font.family": "DejaVu Sans", "font.size": 8}
_FEW_LABELS = 5


def require_matplotlib() -> None:
    """Raise WrongInput when pictures cannot be drawn, before any long work is done for them."""
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise WrongInput(
            "pictures need matplotlib, which is not installed", advice="pip install -r requirements.txt"
        ) from error


def confusion_svg(truth: Names, guess: Names, labels: Sequence[str]) -> str:
    """Draw which label was taken for which: shares of a row in colour, counts in the cells."""
    place = {label: number for number, label in enumerate(labels)}
    counts = np.zeros((len(labels), len(labels)), dtype=int)
    np.add.at(counts, ([place[t] for t in truth], [place[g] for g in guess]), 1)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    size = 2.2 if len(labels) <= _FEW_LABELS else 7.0

    def draw(axes: Any) -> None:
        axes.imshow(shares, cmap="Blues", vmin=0.0, vmax=1.0)
        axes.set_xticks(range(len(labels)), labels, rotation=90)
        axes.set_yticks(range(len(labels)), labels)
        axes.set_xlabel("taken for")
        axes.set_ylabel("true")
        for row, column in zip(*counts.nonzero(), strict=True):
            colour = "white" if shares[row, column] > 0.5 else "black"
            axes.text(column, row, str(counts[row, column]), ha="center", va="center", color=colour, fontsize=6)

    return svg((size, size), draw)


def calibration_svg(heads: Mapping[str, tuple[NDArray[np.bool_], Floats]]) -> str:
    """Draw accuracy over confidence, in ten bins, for each head's (right, confidence)."""

    def draw(axes: Any) -> None:
        axes.plot([0, 1], [0, 1], color="grey", linewidth=0.8, linestyle=":")
        for name, (right, confidence) in heads.items():
            bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
            filled = np.unique(bins)
            accuracy = [right[bins == b].mean() for b in filled]
            axes.plot([confidence[bins == b].mean() for b in filled], accuracy, marker="o", markersize=3, label=name)
        axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="confidence", ylabel="accuracy", aspect="equal")
        axes.legend(loc="upper left", frameon=False)

    return svg((3.2, 3.2), draw)


def svg(inches: tuple[float, float], draw: Callable[[Any], None]) -> str:
    """Return one drawing (width, height) without date and version: its bytes depend on the numbers alone."""
    require_matplotlib()
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_SETTINGS):
        figure = Figure(figsize=inches, layout="constrained")
        draw(figure.add_subplot())
        target = io.StringIO()
        figure.savefig(target, format="svg", metadata={"Date": None, "Creator": None})
    return re.sub(r"^<\?xml.*?<svg", "<svg", target.getvalue(), count=1, flags=re.DOTALL)
