"""Reads the logs of other programs into our records."""

from tuiftp.wirelog.foreign.loading import load_any, load_file
from tuiftp.wirelog.foreign.model import ForeignLog

__all__ = ["ForeignLog", "load_any", "load_file"]
