"""The query language of the log: words and `key:value` terms, all of which have to hold.

    retr "no such file"    words, and words that belong together, anywhere in the record
    code:4xx  code:227     replies by their code; `x` stands for any digit
    cmd:PASV               commands by their verb, and the replies to them where the verb is named
    conn:2                 one control connection
    dir:out  dir:in        what we send, what the server sends
    kind:data              one kind of record (command, reply, status, error, finding, data)
    slower:500ms           what took longer (`2s`, `1.5 s` as `1.5s`, `1m`)
    since:14:03:10         what came then or later; until:14:03:12 what came then or earlier, in local time
    ip:private             a record that names an address of a class, or an address itself
    rule:R4                findings of a rule
    -kind:data  -"226"     the contrary

A term that cannot be read is told with its place, and is no exception: a query is typed letter by letter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

from tuiftp.protocol.addresses import decode_eprt, decode_port, parse_pasv_reply
from tuiftp.protocol.hosts import AddressClass
from tuiftp.wirelog.ends import class_of, split_end
from tuiftp.wirelog.records import DataEvent, RecordKind, WireRecord

Matcher = Callable[[WireRecord], bool]


@dataclass(frozen=True, slots=True)
class QueryError:
    """A term that cannot be read."""

    position: int
    """Where it begins, in characters from 0."""
    length: int
    """How many characters it has."""
    message: str
    """What is wrong, in a sentence."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query that can be asked of records."""

    text: str
    """As it was typed."""
    matchers: tuple[Matcher, ...]
    """What has to hold, the cheap before the dear."""

    def matches(self, record: WireRecord) -> bool:
        """Whether all terms hold for a record; an empty query holds for all."""
        return all(matcher(record) for matcher in self.matchers)

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing."""
        return not self.matchers


class _Unreadable(Exception):
    """A value that a key does not take."""


_TERM = re.compile(r'\s*(-?)(?:([A-Za-z]+):)?(?:"([^"]*)("?)|(\S*))')


def compile_query(text: str) -> Query | QueryError:
    """Reads a query.

    Args:
        text: What was typed.

    Returns:
        The query, or what cannot be read of it, and where. Never raises.
    """
    found: list[tuple[int, Matcher]] = []
    for match in _terms(text):
        position = match.start() + len(match[0]) - len(match[0].lstrip())
        length = match.end() - position
        if match[3] is not None and not match[4]:
            return QueryError(position, length, "the closing quote is missing")
        try:
            cost, matcher = _matcher(match[2], match[3] if match[3] is not None else match[5], match)
        except _Unreadable as error:
            return QueryError(position, length, str(error))
        found.append((cost, _negated(matcher) if match[1] else matcher))
    found.sort(key=lambda pair: pair[0])
    return Query(text, tuple(matcher for _, matcher in found))


def _terms(text: str) -> Iterator[re.Match[str]]:
    place = 0
    while place < len(text.rstrip()):
        match = _TERM.match(text, place)
        if match is None or match.end() == place:
            return
        place = match.end()
        yield match


def _negated(matcher: Matcher) -> Matcher:
    return lambda record: not matcher(record)


def _matcher(key: str | None, value: str, match: re.Match[str]) -> tuple[int, Matcher]:
    """The matcher of a term, and how dear it is."""
    read = _KEYS.get(key.lower()) if key else None
    if read is None:
        # `550-Failed:` and `ftp:` are words with a colon, not keys that we do not know.
        word = f"{key}:{value}" if key else value
        if not word:
            raise _Unreadable(
                "there is nothing after the minus sign" if match[1] else "there is nothing in it"
            )
        return 2, _word(word)
    if not value:
        raise _Unreadable(f"{key}: needs a value, as {_EXAMPLES[key.lower()]}" if key else "")
    return read(value)


def _word(word: str) -> Matcher:
    folded = word.casefold()

    def holds(record: WireRecord) -> bool:
        if folded in record.text.casefold():
            return True
        return any(folded in text.casefold() for text in (record.note, record.title, record.advice) if text)

    return holds


_CODE = re.compile(r"[1-6x][0-9x]{0,2}", re.IGNORECASE)


def _code(value: str) -> tuple[int, Matcher]:
    if not _CODE.fullmatch(value):
        raise _Unreadable(f"code:{value} is no code: three digits, or x for any, as code:4xx")
    pattern = re.compile(value.lower().ljust(3, "x").replace("x", "[0-9]") + r"(?:[ \t-]|$)")

    def holds(record: WireRecord) -> bool:
        return record.kind is RecordKind.REPLY and pattern.match(record.text) is not None

    return 1, holds


def _command(value: str) -> tuple[int, Matcher]:
    verb = value.upper()

    def holds(record: WireRecord) -> bool:
        if record.kind is RecordKind.COMMAND:
            return record.text.partition(" ")[0].upper() == verb
        return record.command is not None and record.command.upper() == verb

    return 0, holds


def _connection(value: str) -> tuple[int, Matcher]:
    if not value.isascii() or not value.isdigit() or len(value) > 9:
        raise _Unreadable(f"conn:{value} is no connection: a number, as conn:2")
    number = int(value)
    return 0, lambda record: record.conn == number


_OUT = (DataEvent.CONNECTING, DataEvent.CONNECTED)
_IN = (DataEvent.ACCEPTED, DataEvent.REFUSED)


def _direction(value: str) -> tuple[int, Matcher]:
    wanted = value.lower()
    if wanted not in ("in", "out"):
        raise _Unreadable(f"dir:{value} is no direction: dir:in or dir:out")
    kind, events = (RecordKind.COMMAND, _OUT) if wanted == "out" else (RecordKind.REPLY, _IN)
    return 0, lambda record: record.kind is kind or record.event in events


def _kind(value: str) -> tuple[int, Matcher]:
    try:
        kind = RecordKind(value.lower())
    except ValueError as error:
        kinds = ", ".join(RecordKind)
        raise _Unreadable(f"kind:{value} is no kind: one of {kinds}") from error
    return 0, lambda record: record.kind is kind


_TIME = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m)?", re.IGNORECASE)
_MS: Final = {"ms": 1.0, "s": 1_000.0, "m": 60_000.0}


def _slower(value: str) -> tuple[int, Matcher]:
    found = _TIME.fullmatch(value)
    if found is None:
        raise _Unreadable(f"slower:{value} is no time: as slower:500ms or slower:2s")
    limit = float(found[1]) * _MS[(found[2] or "ms").lower()]
    return 0, lambda record: record.ms is not None and record.ms > limit


def _since(value: str) -> tuple[int, Matcher]:
    moment = _moment("since", value)
    if isinstance(moment, time):
        return 1, lambda record: record.at.astimezone().time() >= moment
    return 1, lambda record: record.at >= moment


def _until(value: str) -> tuple[int, Matcher]:
    moment = _moment("until", value)
    if isinstance(moment, time):
        return 1, lambda record: record.at.astimezone().time() <= moment
    return 1, lambda record: record.at <= moment


def _moment(key: str, value: str) -> time | datetime:
    """A time of day, or a moment of a certain day (`2026-11-24T14:03:10`), in local time if it names no zone."""
    try:
        if ":" in value[:3]:
            return time.fromisoformat(value).replace(tzinfo=None)
        return datetime.fromisoformat(value).astimezone()
    except (ValueError, OverflowError, OSError) as error:
        raise _Unreadable(f"{key}:{value} is no time: as {key}:14:03:10") from error


_CLASSES: Final = {
    **{kind.value: kind for kind in AddressClass},
    "cgnat": AddressClass.CGNAT,
    "linklocal": AddressClass.LINK_LOCAL,
    "local": AddressClass.LOOPBACK,
}


def _address(value: str) -> tuple[int, Matcher]:
    wanted = value.lower()
    kind = _CLASSES.get(wanted)
    if kind is not None:
        return 3, lambda record: any(class_of(host) is kind for host in addresses_of(record))
    if class_of(value) is None:
        raise _Unreadable(f"ip:{value} is neither an address nor a class, as ip:private or ip:public")
    return 3, lambda record: wanted in (host.lower() for host in addresses_of(record))


def _rule(value: str) -> tuple[int, Matcher]:
    wanted = value.upper()
    return 0, lambda record: record.code is not None and record.code.upper() == wanted


_KEYS: Final[dict[str, Callable[[str], tuple[int, Matcher]]]] = {
    "code": _code, "cmd": _command, "conn": _connection, "dir": _direction, "kind": _kind, "slower": _slower,
    "since": _since, "until": _until, "ip": _address, "rule": _rule,
}  # fmt: skip
_EXAMPLES: Final = {
    "code": "code:4xx", "cmd": "cmd:PASV", "conn": "conn:2", "dir": "dir:out", "kind": "kind:data",
    "slower": "slower:500ms", "since": "since:14:03:10", "until": "until:14:03:12", "ip": "ip:private",
    "rule": "rule:R4",
}  # fmt: skip
KEYS: Final = tuple(_EXAMPLES.values())
"""An example of each key, for help and completion."""

_IPV4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.]*\d)")


def addresses_of(record: WireRecord) -> list[str]:
    """The addresses that a record names: in its ends, in PORT, EPRT and 227, and in its text."""
    found = [end[0] for end in (split_end(record.local), split_end(record.remote)) if end]
    if record.kind is RecordKind.COMMAND:
        verb, _, argument = record.text.partition(" ")
        decode = {"PORT": decode_port, "EPRT": decode_eprt}.get(verb.upper())
        if decode is not None:
            found += _decoded(lambda: decode(argument)[0])
    elif record.text.startswith("227"):
        found += _decoded(lambda: parse_pasv_reply(record.text[3:])[0])
    found += [host for host in _IPV4.findall(record.text) if class_of(host)]
    if ":" in record.text:
        ends = (split_end(word.strip("(),;")) for word in record.text.split())
        found += [end[0] for end in ends if end and class_of(end[0])]
    return list(dict.fromkeys(found))


def _decoded(decode: Callable[[], str]) -> list[str]:
    try:
        return [decode()]
    except ValueError:
        return []
