"""The page of `triage evaluate --html`: measures, pictures and the worst errors, in one file that loads nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from triage.classify.measure import Names
from triage.classify.model import Floats
from triage.classify.pictures import calibration_svg, confusion_svg
from triage.errors import WrongInput

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{{ name }}: evaluation</title>
<style>
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 62rem; padding: 0 1rem; color: #1c1c1c }
table { border-collapse: collapse; margin: 1rem 0 }
td, th { border-bottom: 1px solid #ddd; padding: .25rem .75rem; text-align: left; vertical-align: top }
td.number { font-variant-numeric: tabular-nums; text-align: right }
svg { max-width: 100%; height: auto }
</style>
</head>
<body>
<h1>{{ name }}: {{ count }} requests</h1>
<table>
{% for measure, value in measures %}<tr><td>{{ measure }}</td><td class="number">{{ "%.3f" | format(value) }}</td></tr>
{% endfor %}</table>
{% for title, picture in pictures %}<h2>{{ title }}</h2>
{{ picture | safe }}
{% endfor %}<h2>Worst errors</h2>
<table>
<tr><th>confidence</th><th>true</th><th>taken for</th><th>text</th></tr>
{% for error in worst %}<tr><td class="number">{{ "%.2f" | format(error.confidence) }}</td><td>{{ error.true }}</td>
<td>{{ error.taken }}</td><td>{{ error.text }}</td></tr>
{% endfor %}</table>
</body>
</html>
"""


class Decided(NamedTuple):
    """One head on every request: the true label, the one said, and the confidence."""

    truth: Names
    guess: Names
    confidence: Floats


@dataclass(frozen=True, slots=True)
class Mistake:
    """One wrong scope decision; the text holds no secrets."""

    confidence: float
    true: str
    taken: str
    text: str


def write_page(
    path: Path,
    name: str,
    measures: Sequence[tuple[str, float]],
    decided: Mapping[str, Decided],
    worst: Sequence[Mistake],
) -> None:
    """Write the page; raises WrongInput when the file cannot be written."""
    import jinja2

    pictures = [
        (f"Confusion: {head}", confusion_svg(own.truth, own.guess, np.unique([*own.truth, *own.guess]).tolist()))
        for head, own in decided.items()
    ]
    sure = {head: (own.truth == own.guess, own.confidence) for head, own in decided.items()}
    pictures.append(("Calibration", calibration_svg(sure)))
    page = jinja2.Environment(autoescape=True).from_string(_PAGE)
    count = len(next(iter(decided.values())).truth)
    content = page.render(name=name, count=count, measures=measures, pictures=pictures, worst=worst)
    try:
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise WrongInput(f"{path} cannot be written: {error.strerror}") from error
