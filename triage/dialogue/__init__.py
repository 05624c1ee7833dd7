"""The conversation: a pure state machine without I/O."""

from triage.dialogue.state import State, Step
from triage.dialogue.step import step

__all__ = ["State", "Step", "step"]
