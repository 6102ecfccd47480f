"""The report of a mistake of ours, which is printed when the app has left the terminal.

Textual's own shows the local variables of every frame: what is typed into a field for passwords among them, and
whatever a server said. This one shows where it happened, and everything in it is made visible.
"""

from __future__ import annotations

import traceback

from rich.text import Text

from tuiftp.protocol.text import shown

HEADING = "tuiftp: this should not have happened; please report it with what follows:"


def crash_report() -> Text:
    """What to print of the exception that is being handled."""
    lines = [HEADING, *traceback.format_exc().splitlines()]
    return Text("\n".join(shown(line) for line in lines))
