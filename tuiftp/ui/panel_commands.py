"""The commands of the transfers panel and of the protocol log panel."""

from __future__ import annotations

from tuiftp.ui.commands import Command

PANEL_COMMANDS: tuple[type[Command], ...] = ()
"""In the order of the help page."""
