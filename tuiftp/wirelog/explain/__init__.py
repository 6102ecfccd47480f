"""What a line of the protocol log means: a note under it, or a full explanation on demand."""

from tuiftp.wirelog.explain.notes import note_for_command, note_for_reply

__all__ = ["note_for_command", "note_for_reply"]
