"""Templates: every value is escaped, every name in them must exist."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from triage.web import texts
from triage.web.drawing import size_words

HERE = Path(__file__).parent


class Pages:
    """Renders templates of this package; times are shown in `zone`."""

    def __init__(self, zone: ZoneInfo, mailbox: str) -> None:
        self._zone = zone
        self._env = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._env.globals |= {"texts": texts, "mailbox": mailbox}
        self._env.filters |= {"size": size_words, "hour": self._hour}

    def html(self, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
        """Return a rendered page."""
        return HTMLResponse(self._env.get_template(template).render(values), status)

    def _hour(self, at: datetime) -> str:
        return at.astimezone(self._zone).strftime("%H:%M")
