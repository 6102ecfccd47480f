"""The commands about one file beyond its transfer: its time, its permissions, a checksum of it.

Servers know different ones; what is not understood is remembered for the site and not sent again.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from tuiftp.entries import Entry, Precision
from tuiftp.files.endpoint import Checksum
from tuiftp.ftp.control.client import FtpClient
from tuiftp.ftp.data.server_state import change_type
from tuiftp.ftp.session import FtpSession
from tuiftp.protocol.features import ServerFeatures
from tuiftp.protocol.file_replies import (
    CHECKSUM_VERBS,
    HASH_NAMES,
    encode_time,
    parse_checksum,
    parse_hash,
    parse_time,
)
from tuiftp.protocol.replies import Reply

NOT_UNDERSTOOD = frozenset({500, 501, 502, 503, 504})
"""The codes of a server that does not know a command, or not in this form."""

_STEP = timedelta(minutes=15)
_ANY_ZONE = timedelta(hours=14)
_READS_AT_LEAST = 10 * 1024 * 1024
"""Bytes a second that a server is expected to read for a checksum."""
_HASHING = 60.0
_TIME_VERBS = ("MFMT", "MDTM", "SITE UTIME")

LARGEST_SIZE = 2**63 - 1
"""What a size may be, in bytes: the largest that a file system counts."""


def has_checksums(features: ServerFeatures) -> bool:
    """Whether the server says that it makes checksums in some way that we know."""
    return bool(_hash_algorithm(features)) or any(features.has(verb) for verb in CHECKSUM_VERBS)


async def checksum(session: FtpSession, path: str, *, size: int | None = None) -> Checksum | None:
    """Asks for a checksum of the whole file, by the best command that the server has; None: no clear answer."""
    features, refused = session.features, session.facts.refused
    limit = max(session.options.timeout, _HASHING + (size or 0) / _READS_AT_LEAST)

    wanted = _hash_algorithm(features)
    if wanted and "HASH" not in refused:
        found = await _by_hash(session, path, wanted, size=size, timeout=limit)
        if found is not None:
            return found
    for verb, algorithm in CHECKSUM_VERBS.items():
        if not features.has(verb) or verb in refused:
            continue
        reply = await _ask_quoted(session, verb, path, limit)
        digest = parse_checksum(reply.text, verb) if reply.is_completion else None
        if digest is not None:
            return Checksum(algorithm, digest)
    return None


def _hash_algorithm(features: ServerFeatures) -> str:
    """Which algorithm HASH should use: the one in use if it is good, else the best of the others."""
    offered = [name.upper() for name in features.hash_algorithms if name.upper() in HASH_NAMES]
    if offered and offered[0] in ("SHA-256", "SHA-512"):
        return offered[0]
    return min(offered, key=list(HASH_NAMES).index, default="")


async def _by_hash(
    session: FtpSession, path: str, wanted: str, *, size: int | None, timeout: float
) -> Checksum | None:
    async def work(client: FtpClient) -> Reply:
        await change_type(client, "I")
        if session.features.hash_algorithms[0].upper() != wanted:
            await client.ask("OPTS", f"HASH {wanted}")
        return await client.ask("HASH", path, timeout=timeout)

    reply = await session.run(work)
    if reply.code in NOT_UNDERSTOOD:
        session.facts.refused.add("HASH")
    # What was asked for does not matter: the answer names the algorithm that it is of.
    found = parse_hash(reply.text, size=size) if reply.is_completion else None
    return Checksum(*found) if found else None


async def _ask_quoted(session: FtpSession, verb: str, path: str, timeout: float) -> Reply:
    """Asks about a path; in quotes where it holds a space and was refused (Serv-U, FileZilla Server)."""

    async def work(client: FtpClient) -> Reply:
        await change_type(client, "I")
        reply = await client.ask(verb, path, timeout=timeout)
        if reply.is_refusal and " " in path and '"' not in path:
            reply = await client.ask(verb, f'"{path}"', timeout=timeout)
        return reply

    reply = await session.run(work)
    if reply.code in NOT_UNDERSTOOD:
        session.facts.refused.add(verb)
    return reply


async def modification_time(session: FtpSession, path: str) -> datetime | None:
    """MDTM: the time of a file in UTC, or None where the server does not say."""
    if "MDTM read" in session.facts.refused:
        return None
    if session.time_told is not None and session.time_told[0] == path:
        reply = session.time_told[1]
    else:
        reply = await session.run(lambda client: client.ask("MDTM", path))
    if reply.code in NOT_UNDERSTOOD:
        session.facts.refused.add("MDTM read")
    return parse_time(reply.text) if reply.code == 213 else None


async def clock_offset(session: FtpSession, path: str, entry: Entry) -> timedelta | None:
    """How far the clock of the server's listings is ahead of UTC; learned once for a site from one file.

    Args:
        session: A session of the site.
        path: A file of it.
        entry: What LIST said of that file, to the minute.
    """
    facts = session.facts
    if facts.clock_offset is None and facts.clock_tries > 0:
        when = await modification_time(session, path)
        facts.clock_tries -= 1
        facts.clock_offset = _offset(entry, when) if when is not None else None
    return facts.clock_offset


def _offset(entry: Entry, when: datetime) -> timedelta | None:
    """The zone that makes a listed time of one in UTC; None where no zone does: then the file has changed."""
    if entry.modified is None or entry.modified.tzinfo is not None or entry.precision is not Precision.MINUTE:
        return None
    difference = entry.modified - when.replace(tzinfo=None, second=0)
    offset = round(difference / _STEP) * _STEP
    is_zone = abs(offset) <= _ANY_ZONE and abs(difference - offset) <= timedelta(minutes=1)
    return offset if is_zone else None


def time_now(session: FtpSession, entry: Entry) -> datetime | None:
    """The entry's time in UTC, by what was learned of the server before; see `files.pipelining`."""
    when, offset = entry.modified, session.facts.clock_offset
    if when is None or when.tzinfo is not None:
        return when
    if offset is None or entry.precision is Precision.DAY:
        return None
    return (when - offset).replace(tzinfo=UTC)


def may_ask_time(session: FtpSession) -> bool:
    """Whether the server has not refused yet to tell times."""
    return "MDTM read" not in session.facts.refused


async def dated(session: FtpSession, path: str, entry: Entry) -> Entry:
    """The entry with its time in UTC, where it can be found out; see `files.Transfers`."""
    if entry.modified is not None and entry.modified.tzinfo is not None:
        return entry
    if entry.modified is not None and entry.precision is not Precision.DAY:
        offset = await clock_offset(session, path, entry)
        if offset is not None:
            return replace(entry, modified=(entry.modified - offset).replace(tzinfo=UTC))
    when = await modification_time(session, path)
    return entry if when is None else replace(entry, modified=when, precision=Precision.SECOND)


async def set_attributes(
    session: FtpSession, path: str, *, modified: datetime | None = None, mode: int | None = None
) -> bool:
    """Gives a file a time and permissions, sent together where the server copes; see `files.Transfers`."""

    async def work(client: FtpClient) -> bool:
        steps = []
        # Permissions last: a file that we may not write any more may not be given a time either.
        if modified is not None:
            steps.append(_set_time(session, client, path, modified))
        if mode is not None:
            steps.append(_set_mode(session, client, path, mode))
        if session.facts.pipelines_ok:
            return all(await asyncio.gather(*steps))
        return all([await step for step in steps])

    return await session.run(work)


def chmod_argument(path: str, mode: int) -> str:
    """What follows SITE, to set permission bits."""
    return f"CHMOD {mode & 0o7777:03o} {path}"


def read_chmod_answer(session: FtpSession, reply: Reply) -> bool:
    """Whether SITE CHMOD was done; where it is not known it is not tried again."""
    if reply.code in NOT_UNDERSTOOD:
        session.facts.refused.add("SITE CHMOD")
    return reply.is_completion


async def _set_mode(session: FtpSession, client: FtpClient, path: str, mode: int) -> bool:
    if "SITE CHMOD" in session.facts.refused:
        return False
    return read_chmod_answer(session, await client.ask("SITE", chmod_argument(path, mode)))


@dataclass(frozen=True, slots=True)
class TimeCommand:
    """One way to set a file's time."""

    name: str
    """MFMT, MDTM or SITE UTIME."""
    verb: str
    """The command."""
    argument: str
    """What follows it."""


def time_command(session: FtpSession, path: str, when: datetime) -> TimeCommand | None:
    """The next way to set a time that this server may know: MFMT, MDTM with two arguments, SITE UTIME."""
    for name in _TIME_VERBS:
        is_announced = name == "SITE UTIME" or session.features.has(name)
        if is_announced and f"{name} set" not in session.facts.refused:
            verb, _, rest = name.partition(" ")
            return TimeCommand(name, verb, f"{rest} {encode_time(when)} {path}".lstrip())
    return None


def read_time_answer(session: FtpSession, name: str, reply: Reply) -> bool:
    """Whether the time was set; a way that was refused is not tried again."""
    # A 213 with a time in it is an answer to a question that nobody asked.
    if reply.is_completion and parse_time(reply.text) is None:
        return True
    # The file is there, we have just sent it: anything else means that it is not done in this way.
    session.facts.refused.add(f"{name} set")
    return False


async def _set_time(session: FtpSession, client: FtpClient, path: str, when: datetime) -> bool:
    """By MFMT where it is announced, else by MDTM with two arguments (vsftpd), else by SITE UTIME."""
    while (command := time_command(session, path, when)) is not None:
        if read_time_answer(session, command.name, await client.ask(command.verb, command.argument)):
            return True
    return False


def read_size(session: FtpSession, reply: Reply) -> int | None:
    """The size that SIZE says, in bytes; None if it says none. Where SIZE is not known it is not asked again."""
    if reply.code in NOT_UNDERSTOOD:
        session.facts.refused.add("SIZE")
    digits = reply.text.strip()
    # Exactly digits: "213 file: 213, Size =51" names no size (a quirk that curl's tests know).
    if reply.code != 213 or not (digits.isascii() and digits.isdigit()) or len(digits) > 19:
        return None
    return int(digits) if int(digits) <= LARGEST_SIZE else None
