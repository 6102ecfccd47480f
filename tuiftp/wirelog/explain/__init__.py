"""What a line of the protocol log means: a note under it, or a full explanation on demand."""

from tuiftp.wirelog.explain.model import Argument, Check, Explanation
from tuiftp.wirelog.explain.notes import note_for_command, note_for_reply

__all__ = ["Argument", "Check", "Explanation", "note_for_command", "note_for_reply"]
