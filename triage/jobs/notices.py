"""Telling the agents."""

from __future__ import annotations

from datetime import datetime

from triage.desk.storage import Unit
from triage.jobs.world import World


def tell_agents(world: World, unit: Unit, text: str, now: datetime) -> None:
    """Keep a notice for the agents and queue its showing."""
    id = unit.notices.add(text, now)
    if world.agents:
        world.jobs.add(unit.session, "tell_agents", key=f"notice:{id}")
