"""Records as the rows of a sequence diagram: an arrow for each thing that passes, in its true direction."""

from tuiftp.wirelog.ladder.live import Ladder, rows_of
from tuiftp.wirelog.ladder.row import Direction, Ending, Lane, Row, RowKind

__all__ = ["Direction", "Ending", "Ladder", "Lane", "Row", "RowKind", "rows_of"]
