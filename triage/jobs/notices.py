"""Telling the agents."""

from __future__ import annotations

from datetime import datetime

from triage.desk.storage import Unit
from triage.jobs.world import World


def tell_agents(world: World, unit: Unit, text: str, now: datetime, *, conversation: int | None = None) -> None:
    """Keep a notice for the agents and queue its showing; name the conversation whose words it holds."""
    id = unit.notices.add(text, now, conversation=conversation)
    if world.agents:
        world.jobs.add(unit.session, "tell_agents", key=f"notice:{id}")
