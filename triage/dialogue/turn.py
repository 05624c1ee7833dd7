"""A step while it is being made: the state so far, what was said, what is to be done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from triage.dialogue.context import Context
from triage.dialogue.effects import Effect
from triage.dialogue.replies import OutFile, Reply, Run
from triage.dialogue.state import Overlay, Stage, State


@dataclass(frozen=True, slots=True)
class Turn:
    """Grows by new values; `show` asks for the current screen at the end of the step."""

    state: State
    context: Context
    replies: tuple[Reply, ...] = ()
    effects: tuple[Effect, ...] = ()
    show: bool = False

    def to(self, **changes: Any) -> Turn:
        """Change fields of the state."""
        return replace(self, state=replace(self.state, **changes))

    def at(self, stage: Stage, **changes: Any) -> Turn:
        """Move to a stage and show its screen."""
        return replace(self.to(stage=stage, overlay=Overlay(), **changes), show=True)

    def shown(self) -> Turn:
        """Show the current screen at the end."""
        return replace(self, show=True)

    def say(self, *runs: Run, files: tuple[OutFile, ...] = (), mailto: str = "") -> Turn:
        """Add a message without buttons."""
        return replace(self, replies=(*self.replies, Reply(runs, files=files, mailto=mailto)))

    def do(self, effect: Effect) -> Turn:
        """Add an effect."""
        return replace(self, effects=(*self.effects, effect))

    @property
    def consented(self) -> bool:
        """Whether the notice in force was accepted by this person."""
        notice = self.context.policy.dialogue.notice_version
        return notice in (self.state.consent, self.context.person.consent)
