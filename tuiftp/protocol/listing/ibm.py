"""IBM systems and their gateways: MVS and z/OS, JES, VM/CMS, VSE, OS/400, GXS and Connect:Enterprise."""

from __future__ import annotations

import re
from datetime import datetime

from tuiftp.entries import Entry, EntryKind
from tuiftp.protocol.listing.columns import NUMBERS, TIME, Dates, drop, rows
from tuiftp.protocol.listing.dates import DATE_PATTERN, Stamp, full_year, make_stamp
from tuiftp.protocol.listing.lines import DROPPED, Dialect, Window, last_component, parse_size

# MVS and z/OS: datasets of the catalog, and members of a partitioned dataset.
#
# A partitioned dataset (`PO`) holds members, so it is a directory. Sizes are in tracks or records, so the size in
# bytes stays unknown. Members may be listed by their bare names, which counts only below the header.

_DSNAME = r"(?P<name>'[A-Za-z0-9#$@.{()+-]{1,60}'|[A-Za-z0-9#$@][A-Za-z0-9#$@.{()+-]{0,59})\s*"
_MEMBER_NAME = r"(?P<name>[A-Z0-9#$@{][A-Z0-9#$@{-]{0,15})"
_DATASET_HEADER = re.compile(r"\s*Volume\s+Unit\s+(?:Referred|Date)\s+Ext\s.*Dsname\s*", re.IGNORECASE)
_MEMBER_HEADER = re.compile(r"\s*Name\s+(?:VV\.MM\s+Created|Size\s+TTR)\s.*", re.IGNORECASE)
_MVS_DATASET = re.compile(
    r"(?P<volume>[A-Z0-9#$@]{1,6})\s+(?P<unit>\S{1,8})\s+"
    r"(?:(?P<year>\d{4})/(?P<month>\d\d)/(?P<day>\d\d)|\*\*NONE\*\*)\s+"
    r"(?:[A-Z0-9?+]{1,10}\s+){3,6}(?P<org>P[OS](?:-[A-Z])?|DA|IS|VS|PSU|POU|DAU|ISU)\s+" + _DSNAME
)
_SPECIAL = re.compile(
    r"(?:(?:[A-Z0-9#$@*]{1,6}\s+)?(?P<what>Migrated|Pseudo Directory|Not Direct Access Device|Not Mounted|Tape|"
    r"Error determining attributes|User catalog connector|GDG|VSAM|Path)"
    r"|[A-Z0-9#$@]{1,6}\s+\d{4}\s+VSAM)\s+" + _DSNAME
)
_MVS_MEMBER = re.compile(
    rf"\s?{_MEMBER_NAME}\s+\d\d\.\d\d\s+\d{{4}}/\d\d/\d\d\s+"
    r"(?P<year>\d{4})/(?P<month>\d\d)/(?P<day>\d\d)\s+(?P<time>\d\d:\d\d(?::\d\d)?)(?:\s+\d+){3}(?:\s+(?P<owner>\S{1,8}))?\s*"
)
_LOAD_MODULE = re.compile(
    rf"\s?{_MEMBER_NAME}\s+[0-9A-F]{{6,8}}\s+[0-9A-F]{{6}}\s+(?:[A-Z#$@{{][A-Z0-9#$@{{]{{0,7}}\s+)?\d\d\s"
    r"(?:.*\s)?(?:24|31|64|ANY)\s+(?:24|31|64|ANY)\s*"
)
_BARE_MEMBER = re.compile(r"\s?(?P<name>[A-Z#$@{][A-Z0-9#$@{]{0,7})\s*")
_LAST_WORD = re.compile(
    r"[A-Z0-9#$@]{1,6}\s+\S.*\s(?P<name>'[^'\s]{1,60}'|[A-Z#$@][A-Z0-9#$@.{()+-]{0,59})\s*"
)


class MvsReader:
    """Reads datasets and members. What is too bare to be told by itself is read below a header only."""

    def __init__(self) -> None:
        self._below: re.Pattern[str] | None = None

    def read(self, line: str) -> Entry | None:
        """The entry on a line, or None where this is no line of MVS."""
        for header in (_DATASET_HEADER, _MEMBER_HEADER):
            if header.fullmatch(line):
                self._below = header
                return DROPPED
        match = _MVS_DATASET.fullmatch(line)
        if match is not None:
            return _dataset(match)
        match = _SPECIAL.fullmatch(line)
        if match is not None:
            return Entry(
                match["name"], EntryKind.DIR if match["what"] == "Pseudo Directory" else EntryKind.FILE
            )
        match = _MVS_MEMBER.fullmatch(line)
        if match is not None:
            return _mvs_member(match)
        match = _LOAD_MODULE.fullmatch(line)
        if match is None and self._below is not None:
            match = (_BARE_MEMBER if self._below is _MEMBER_HEADER else _LAST_WORD).fullmatch(line)
        return Entry(match["name"], EntryKind.FILE) if match else None

    def finish(self, entries: list[Entry]) -> list[Entry]:
        """Nothing is left to do."""
        return entries


def _dataset(match: re.Match[str]) -> Entry:
    """A dataset with its date of last use, where it was ever used."""
    kind = EntryKind.DIR if match["org"].startswith("PO") else EntryKind.FILE
    modified, precision = (_mvs_stamp(match, None) if match["year"] else None) or (None, None)
    return Entry(match["name"], kind, None, modified, precision)


def _mvs_member(match: re.Match[str]) -> Entry:
    modified, precision = _mvs_stamp(match, match["time"]) or (None, None)
    return Entry(match["name"], EntryKind.FILE, None, modified, precision, owner=match["owner"])


def _mvs_stamp(match: re.Match[str], time: str | None) -> Stamp | None:
    return make_stamp(int(match["year"]), int(match["month"]), int(match["day"]), time)


def _open_mvs(window: Window, now: datetime) -> MvsReader:
    return MvsReader()


MVS = Dialect("MVS", _open_mvs)
"""Datasets and members of MVS and z/OS."""


# The job queue of z/OS (`SITE FILETYPE=JES`): jobs by their number, and the spool files of one job.
#
# A job is fetched by its number, a spool file by the job's number, a dot and its own.

_ID = r"(?P<id>(?:JOB|TSU|STC)\d{5}|[JTS]\d{7})"
_JES_NAME = r"[A-Z#$@][A-Z0-9#$@]{0,7}"
_STATUS = r"(?:INPUT|ACTIVE|OUTPUT|HELD|INPUT/HELD|HARDCOPY|PURGE)"
_JES_JOB = re.compile(
    rf"\s?{_JES_NAME}\s+{_ID}\s+(?:(?P<owner>{_JES_NAME})\s+{_STATUS}(?:-\S+)?(?:\s+\S{{1,8}})?|{_STATUS}|\*+)"
    r"(?:\s+(?:RC=\S+|ABEND=\S+|-HELD-|-DUP-|\([^)]{1,60}\)))*(?:\s+\d+ spool files?)?\s*",
    re.IGNORECASE,
)
_SPOOL = re.compile(
    rf"\s*(?P<number>\d{{1,4}})\s+{_JES_NAME}\s+(?:{_JES_NAME}|N/A)\s+\S\s+{_JES_NAME}\s+\d+\s*"
)
_JES_FRAME = re.compile(
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
        match = _JES_JOB.fullmatch(line)
        if match is not None:
            self._job = match["id"]
            return Entry(match["id"], EntryKind.FILE, owner=match["owner"])
        if self._job is not None:
            match = _SPOOL.fullmatch(line)
            if match is not None:
                return Entry(f"{self._job}.{int(match['number'])}", EntryKind.FILE)
            if _UNDER_A_JOB.fullmatch(line):
                return DROPPED
        return DROPPED if _JES_FRAME.fullmatch(line) else None

    def finish(self, entries: list[Entry]) -> list[Entry]:
        """Nothing is left to do."""
        return entries


def _open_jes(window: Window, now: datetime) -> JesReader:
    return JesReader()


JES = Dialect("JES", _open_jes)
"""Jobs of z/OS."""


# VM/CMS and z/VM: file name and type, record format, length and number, date, owner; and its byte file system.
#
# A file of fixed records (F) is as long as they are together; of variable records (V) only the blocks are known.

_VM_WHEN = rf"(?P<date>{NUMBERS})\s+(?P<time>{TIME})"
_VM_HEADER = re.compile(r"\s*Filename\s+FileType\s+Fm\s+Format\s+Lrecl\s+Records\s+Blocks\s+Date\s+Time\s*")
_VM_FILE = re.compile(
    r"(?P<name>\S{1,16})\s+(?P<type>\S{1,8})\s+(?:[A-Z]\d\s+)?(?P<format>[FV])\s+(?P<length>\d{1,9})\s+(?P<records>\d{1,9})"
    rf"\s+\d{{1,9}}\s+{_VM_WHEN}(?:\s+(?P<owner>\S+))?\s*"
)
_VM_DIRECTORY = re.compile(rf"(?P<name>\S{{1,16}})\s+(?:[A-Z]\d\s+)?DIR\s+-\s+-\s+-\s+{_VM_WHEN}(?:\s+-)?\s*")
_BYTE_FILE = re.compile(
    rf"{_VM_WHEN}\s+(?P<kind>[FD])\s+(?:\d+|-)\s+(?P<size>\d+|-)\s+'(?P<name>.+)'\s*", re.DOTALL
)


def _vm_file(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = dates.numbers(match["date"], match["time"])
    if stamp is None:
        return None
    size = int(match["length"]) * int(match["records"]) if match["format"] == "F" else None
    owner = match["owner"] if match["owner"] != "-" else None
    return Entry(f"{match['name']}.{match['type']}", EntryKind.FILE, size, *stamp, owner=owner)


def _vm_directory(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = dates.numbers(match["date"], match["time"])
    return Entry(match["name"], EntryKind.DIR, None, *stamp) if stamp else None


def _byte_file(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = dates.numbers(match["date"], match["time"])
    kind = EntryKind.DIR if match["kind"] == "D" else EntryKind.FILE
    return Entry(match["name"], kind, parse_size(match["size"]), *stamp) if stamp else None


VM = rows(
    "VM/CMS",
    (_VM_FILE, _vm_file),
    (_VM_DIRECTORY, _vm_directory),
    (_BYTE_FILE, _byte_file),
    (_VM_HEADER, drop),
)
"""Minidisks and byte files of VM."""


# VSE: its root, libraries, members, catalogs and the queues of POWER. Sizes are in records, so they stay unknown.

_VSE_NAME = r"(?P<name>[A-Z0-9#$@][A-Z0-9#$@._-]{0,43})"
_VSE_WHEN = r"(?P<year>\d\d)/(?P<month>\d\d)/(?P<day>\d\d)\s+(?P<time>\d\d:\d\d(?::\d\d)?)"
_OTHER = r"\d\d/\d\d/\d\d\s+\d\d:\d\d(?::\d\d)?"
_PLACE = re.compile(rf"{_VSE_NAME}\s+<(?:Directory|VSE VTOC|Library|Power Queues|VSAM Catalog)>\s*")
_VSAM = re.compile(rf"{_VSE_NAME}\s+Entry Seq VSAM\s*")
_LIBRARY = re.compile(rf"{_VSE_NAME}\s+<Sub Library>\s+\d+\s+\d+\s+{_VSE_WHEN}\s*")
_VSE_MEMBER = re.compile(rf"{_VSE_NAME}\s+\d+\s+\d+\s+(?:{_OTHER}\s+)?{_VSE_WHEN}\s+[FS]\s*")
_VSE_DATASET = re.compile(rf"{_VSE_NAME}\s+{_VSE_WHEN}\s+\d+\s+[SDVIUEKR]\s*")
_VSE_JOB = re.compile(
    r"(?P<name>[A-Z0-9#$@]{1,8}\.\d{1,5}\.\d{1,3})(?:\s+\d+){4}\s+[A-Z*](?:\s+(?P<owner>[A-Z0-9#$@]{1,8}))?\s*"
)


def _vse_stamp(match: re.Match[str]) -> Stamp | None:
    return make_stamp(full_year(match["year"]), int(match["month"]), int(match["day"]), match["time"])


def _place(match: re.Match[str], dates: Dates) -> Entry:
    return Entry(match["name"], EntryKind.DIR)


def _vsam(match: re.Match[str], dates: Dates) -> Entry:
    return Entry(match["name"], EntryKind.FILE)


def _library(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = _vse_stamp(match)
    return Entry(match["name"], EntryKind.DIR, None, *stamp) if stamp else None


def _vse_file(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = _vse_stamp(match)
    return Entry(match["name"], EntryKind.FILE, None, *stamp) if stamp else None


def _job(match: re.Match[str], dates: Dates) -> Entry:
    return Entry(match["name"], EntryKind.FILE, owner=match["owner"])


VSE = rows(
    "VSE",
    (_PLACE, _place), (_VSAM, _vsam), (_LIBRARY, _library), (_VSE_MEMBER, _vse_file),
    (_VSE_DATASET, _vse_file), (_VSE_JOB, _job),
)  # fmt: skip
"""Places of VSE."""


# OS/400, i5/OS, IBM i: owner, size, date, time, `*TYPE`, name.
#
# Only a stream file's size is what a transfer carries. A database file `NAME.FILE` holds members, so it is a
# directory; its members, which are listed with it as `NAME.FILE/MEMBER.MBR`, are seen inside it.

_OS400_LINE = re.compile(
    rf"(?P<owner>[^\s*]\S{{0,31}})\s+(?:(?P<size>\d+)\s+(?P<date>{NUMBERS})\s+(?P<time>{TIME})\s+)?"
    r"\*(?P<type>[A-Z]{2,10})\s+(?P<name>\S.*?)\s*",
    re.DOTALL,
)
_FOLDERS = frozenset(("DIR", "DDIR", "FLR", "LIB"))
_STREAMS = frozenset(("STMF", "DSTMF", "DOC"))


class Os400Reader:
    """Reads objects, and leaves out the members of files that are listed with them."""

    def __init__(self, window: Window, now: datetime) -> None:
        self._dates = Dates(window, now)
        self._files: set[str] = set()

    def read(self, line: str) -> Entry | None:
        """The entry on a line, or None where this is no line of OS/400."""
        match = _OS400_LINE.fullmatch(line) if "*" in line else None
        if match is None:
            return None
        stamp = self._dates.numbers(match["date"], match["time"]) if match["date"] else None
        if match["date"] and stamp is None:
            return None
        type_, name = match["type"], match["name"]
        if type_ == "MEM" and name.rpartition("/")[0] in self._files:
            return DROPPED
        is_dir = type_ in _FOLDERS or name.endswith("/") or (type_ == "FILE" and name.endswith(".FILE"))
        if type_ == "FILE" and is_dir:
            self._files.add(name)
        size = parse_size(match["size"]) if match["size"] and type_ in _STREAMS else None
        kind = EntryKind.DIR if is_dir else EntryKind.FILE
        modified, precision = stamp or (None, None)
        return Entry(last_component(name), kind, size, modified, precision, owner=match["owner"])

    def finish(self, entries: list[Entry]) -> list[Entry]:
        """Nothing is left to do."""
        return entries


def _open_os400(window: Window, now: datetime) -> Os400Reader:
    return Os400Reader(window, now)


OS400 = Dialect("OS/400", _open_os400)
"""Objects of OS/400."""


# The FTP gateway of GXS Information Exchange: messages of a mailbox by their key, and members of libraries.

_GXS_FRAME = re.compile(
    r"\s*Filename\s+\(MSGKEY\)\s+Sender\s+Class\s+Size\s+Date\s+Time\s*"
    r"|\s*Access\s+Owner\s+Account\s+Size\s+Last updated\s+Name\s*"
)
_GXS_WHEN = (
    r"(?P<year>\d\d(?:\d\d)?)[-/]?(?P<month>\d\d)[-/]?(?P<day>\d\d)\s+"
    r"(?P<hour>\d\d):?(?P<minute>\d\d):?(?P<second>\d\d)"
)
_MESSAGE = re.compile(
    rf"\s*(?P<name>\S{{1,64}})\s+\S{{1,8}}\s+(?P<owner>\S{{1,8}})\s+\S{{1,8}}\s+(?P<size>\d{{10}})\s+{_GXS_WHEN}\s*"
)
_GXS_MEMBER = re.compile(
    r"-(?P<rights>[-rwx]{9})\s+(?P<owner>[^\s\d]\S{0,7})\s+(?P<group>\S{1,8})\s+(?P<size>\d+)\s+"
    rf"{_GXS_WHEN}\s+(?P<name>\S.*)",
    re.DOTALL,
)
_KEY = re.compile(r"\s*(?P<name>[A-Z0-9]{8,40}\._IE)(?:\s+\S.*)?", re.DOTALL)


def _gxs_stamp(match: re.Match[str]) -> Stamp | None:
    time = f"{match['hour']}:{match['minute']}:{match['second']}"
    return make_stamp(full_year(match["year"]), int(match["month"]), int(match["day"]), time)


def _message(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = _gxs_stamp(match)
    if stamp is None:
        return None
    return Entry(match["name"], EntryKind.FILE, parse_size(match["size"]), *stamp, owner=match["owner"])


def _gxs_member(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = _gxs_stamp(match)
    size = parse_size(match["size"])
    return (
        Entry(
            match["name"], EntryKind.FILE, size, *stamp, match["rights"], None, match["owner"], match["group"]
        )
        if stamp
        else None
    )


def _key(match: re.Match[str], dates: Dates) -> Entry:
    """A key alone, or with the name that the sender gave to the file: it is fetched by its key."""
    return Entry(match["name"], EntryKind.FILE)


GXS = rows("GXS", (_MESSAGE, _message), (_GXS_MEMBER, _gxs_member), (_KEY, _key), (_GXS_FRAME, drop))
"""Mailboxes and libraries of Information Exchange."""


# Connect:Enterprise: batches with their flags (`-C--E-----FTP A mailbox number size date name`).

_ENTERPRISE_UNIX = re.compile(
    r"-[-A-Z]{9}(?:FTP|FTS|TCP|BSC|ASY|WEB|SSH|HTP|[A-Z]{3})\s+[A-Z]\s+(?P<owner>\S+)\s+\d+\s+(?P<size>\d+)\s+"
    rf"(?P<date>{DATE_PATTERN})\s(?P<name>.+)",
    re.DOTALL,
)
_ENTERPRISE_MAINFRAME = re.compile(
    r"(?P<owner>\S{1,8})\s+\d{4,10}\s+\d{4,12}\s+<(?P<name>[^>]{1,64})>\s+"
    r"(?P<year>\d\d)(?P<month>\d\d)(?P<day>\d\d)-(?P<hour>\d\d)(?P<minute>\d\d)(?:\s+\S{1,8}){1,12}\s*"
)


def _batch(match: re.Match[str], dates: Dates) -> Entry | None:
    stamp = dates.worded(match["date"])
    size = parse_size(match["size"])
    return Entry(match["name"], EntryKind.FILE, size, *stamp, owner=match["owner"]) if stamp else None


def _mainframe_batch(match: re.Match[str], dates: Dates) -> Entry | None:
    """What the mainframe counts may be records, so the size stays unknown."""
    time = f"{match['hour']}:{match['minute']}"
    stamp = make_stamp(full_year(match["year"]), int(match["month"]), int(match["day"]), time)
    name = match["name"].strip()
    return Entry(name, EntryKind.FILE, None, *stamp, owner=match["owner"]) if stamp and name else None


ENTERPRISE = rows("Connect:Enterprise", (_ENTERPRISE_UNIX, _batch), (_ENTERPRISE_MAINFRAME, _mainframe_batch))
"""Batches of Connect:Enterprise."""
