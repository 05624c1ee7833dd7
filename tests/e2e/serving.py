"""The application with its bot as a process of its own, to be killed: settings from TRIAGE_* alone."""

from __future__ import annotations

import asyncio
import sys

from bot.app import attach
from tests.builders import policy
from tests.fakes import FakeAnalyzer
from triage.bootstrap import build
from triage.settings import Settings


async def main() -> None:
    """Serve until killed."""
    application = build(Settings.from_env(), analyze=FakeAnalyzer(policy()).analyze)
    bot = attach(application)
    application.engine.start()
    await bot.run()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
