"""The scripted server's commands; see `tuiftp.demo.lab.changes`."""

from tuiftp.demo.lab.changes import all_verbs, says

__all__ = ["all_verbs", "says"]
