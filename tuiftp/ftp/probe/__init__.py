"""The probe: tries every way to open a data connection to a site, side by side and bounded, and reports."""

from tuiftp.ftp.probe.run import LIMIT, probe_site

__all__ = ["LIMIT", "probe_site"]
