"""The job queue of z/OS (`SITE FILETYPE=JES`): jobs by their number, and the spool files of one job.

A job is fetched by its number, a spool file by the job's number, a dot and its own.
"""

from __future__ import annotations

import re
from datetime import datetime

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing.lines import DROPPED, Dialect, Window

_ID = r"(?P<id>(?:JOB|TSU|STC)\d{5}|[JTS]\d{7})"
_NAME = r"[A-Z#$@][A-Z0-9#$@]{0,7}"
_STATUS = r"(?:INPUT|ACTIVE|OUTPUT|HELD|INPUT/HELD|HARDCOPY|PURGE)"
_JOB = re.compile(
    rf"\s?{_NAME}\s+{_ID}\s+(?:(?P<owner>{_NAME})\s+{_STATUS}(?:-\S+)?(?:\s+\S{{1,8}})?|{_STATUS}|\*+)"
    r"(?:\s+(?:RC=\S+|ABEND=\S+|-HELD-|-DUP-|\([^)]{1,60}\)))*(?:\s+\d+ spool files?)?\s*",
    re.IGNORECASE,
)
_SPOOL = re.compile(rf"\s*(?P<number>\d{{1,4}})\s+{_NAME}\s+(?:{_NAME}|N/A)\s+\S\s+{_NAME}\s+\d+\s*")
_FRAME = re.compile(
    r"\s?JOBNAME\s+JOBID\s+OWNER\s+STATUS\s+CLASS\s*|\s*ID\s+STEPNAME\s+PROCSTEP\s+C\s+DDNAME\s+BYTE-COUNT\s*"
    r"|\s*STEPNAME\s+\S+\s+PROCNAME\s+\S+\s*|\s*CPUTIME\s+[\d.]+\s+ELAPSED TIME\s+[\d.]+\s*"
)
_UNDER_A_JOB = re.compile(r"-{4,20}\s*|\s*\d+ spool files?\s*", re.IGNORECASE)


class JesReader:
    """Reads jobs, and below a job its spool files."""

    def __init__(self) -> None:
        self._job: str | None = None

    def read(self, line: str) -> Entry | None:
        """The entry on a line, or None where this is no line of JES."""
        match = _JOB.fullmatch(line)
        if match is not None:
            self._job = match["id"]
            return Entry(match["id"], EntryKind.FILE, owner=match["owner"])
        if self._job is not None:
            match = _SPOOL.fullmatch(line)
            if match is not None:
                return Entry(f"{self._job}.{int(match['number'])}", EntryKind.FILE)
            if _UNDER_A_JOB.fullmatch(line):
                return DROPPED
        return DROPPED if _FRAME.fullmatch(line) else None

    def finish(self, entries: list[Entry]) -> list[Entry]:
        """Nothing is left to do."""
        return entries


def _open(window: Window, now: datetime) -> JesReader:
    return JesReader()


JES = Dialect("JES", _open)
"""Jobs of z/OS."""
