"""Explains a record: what it means, its parts, whether the sockets agree, how long it took, what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tuiftp.protocol.text import redact
from tuiftp.wirelog.conversation import Conversation, Exchange, Moment, MomentKind
from tuiftp.wirelog.conversation.attempts import Attempts
from tuiftp.wirelog.explain.commands import COMMANDS, SITE_COMMANDS, VALUES, CommandText
from tuiftp.wirelog.explain.crosscheck import attempt_arguments, attempt_checks
from tuiftp.wirelog.explain.known_texts import known_text
from tuiftp.wirelog.explain.model import Argument, Check, Explanation
from tuiftp.wirelog.explain.replies import FIRST_DIGIT, reply_text
from tuiftp.wirelog.findings import Finding, diagnose
from tuiftp.wirelog.records import DataEvent, RecordKind, WireRecord

BEFORE = 4_000
"""Records before the one to explain that are looked at."""
AFTER = 400
"""Records after it that are looked at: its answer, the connect that follows."""


def explain_record(
    records: Sequence[WireRecord], index: int, *, findings: Iterable[Finding] | None = None
) -> Explanation:
    """Explains one record. Never raises, whatever a server said; bounded in time for logs of any length.

    Args:
        records: The log.
        index: Which record.
        findings: What a diagnosis of these records found, with evidence counted as `index`; None: the records
            around are diagnosed now.
    """
    record = records[index]
    story = _Story.of(records, index)
    if record.kind is RecordKind.COMMAND:
        explained = _command(record, story)
    elif record.kind is RecordKind.REPLY:
        explained = _reply(record, story)
    elif record.kind is RecordKind.DATA:
        explained = _data(record, story)
    else:
        explained = _sentence(record)
    codes = _codes(records, index, findings)
    if record.code and record.code not in codes:
        codes = (record.code, *codes)
    related = tuple(other for other in story.related() if other != index)
    return replace(explained, findings=codes, related=related)


def _codes(records: Sequence[WireRecord], index: int, findings: Iterable[Finding] | None) -> tuple[str, ...]:
    if findings is None:
        first, last = max(0, index - BEFORE), min(len(records), index + AFTER)
        window = records[first:last]
        return tuple(found.code for found in diagnose(window) if index - first in found.evidence)
    return tuple(found.code for found in findings if index in found.evidence)


@dataclass(slots=True)
class _Story:
    """What a conversation says about one record, told with what came soon after it."""

    conversation: Conversation | None
    moment: Moment | None

    @classmethod
    def of(cls, records: Sequence[WireRecord], index: int) -> _Story:
        """Follows the record's control connection from some way before it to some way after."""
        record = records[index]
        conversation = Conversation(record.conn, Attempts(record.conn, lambda: 0))
        found: Moment | None = None
        for place in range(max(0, index - BEFORE), min(len(records), index + AFTER)):
            other = records[place]
            if other.conn != record.conn:
                continue
            for moment in conversation.feed(place, other):
                is_it = moment.index == index or (
                    moment.reply is not None and moment.reply.first <= index <= moment.reply.index
                )
                found = moment if found is None and is_it else found
        return cls(conversation, found)

    @property
    def exchange(self) -> Exchange | None:
        """The exchange that the record belongs to."""
        return self.moment.exchange if self.moment else None

    def related(self) -> tuple[int, ...]:
        """Indexes of the records that belong together."""
        found: set[int] = set()
        moment = self.moment
        if moment is None:
            return ()
        exchange = moment.exchange
        if exchange is not None and exchange.verb:
            found.add(exchange.index)
        if exchange is not None:
            found |= {reply.index for reply in (exchange.preliminary, exchange.final) if reply}
        attempt = moment.attempt
        is_about_data = exchange is None or (attempt is not None and exchange is attempt.preparation)
        if attempt is not None and is_about_data:
            found |= set(attempt.evidence())
        return tuple(sorted(found))


def _command(record: WireRecord, story: _Story) -> Explanation:
    line = redact(record.text.strip())
    verb, _, argument = line.partition(" ")
    verb = verb.upper()
    text = COMMANDS.get(verb)
    if text is None:
        text = CommandText("A command that is in no standard we know.", "")
    meaning = text.meaning
    if verb == "SITE" and (more := SITE_COMMANDS.get(argument.partition(" ")[0].upper())):
        meaning = more
    if verb == "LIST" and argument.startswith("-"):
        meaning += " Options as of ls are understood by many servers, and taken for a name by others."
    exchange = story.exchange
    return Explanation(
        title=verb or "empty command",
        meaning=meaning,
        section=text.section if text.section != "no standard" else "",
        arguments=_arguments(verb, argument, text) + _of_attempt(exchange),
        checks=_checks(story, exchange),
        took_ms=exchange.took() if exchange else None,
        usually_next=text.answers,
    )


def _arguments(verb: str, argument: str, text: CommandText) -> tuple[Argument, ...]:
    if not argument or verb in ("PORT", "EPRT"):
        return ()
    value = argument
    if meaning := VALUES.get(verb, {}).get(argument.upper()):
        value = f"{argument}: {meaning}"
    return (Argument(text.argument or "argument", value),)


def _of_attempt(exchange: Exchange | None) -> tuple[Argument, ...]:
    if exchange is None or exchange.attempt is None or exchange is not exchange.attempt.preparation:
        return ()
    return () if exchange.attempt.is_passive else attempt_arguments(exchange.attempt)


def _checks(story: _Story, exchange: Exchange | None) -> tuple[Check, ...]:
    if exchange is None or exchange.attempt is None or exchange is not exchange.attempt.preparation:
        return ()
    conversation = story.conversation
    return attempt_checks(exchange.attempt, peer=conversation.peer if conversation else None)


def _reply(record: WireRecord, story: _Story) -> Explanation:
    moment = story.moment
    reply = moment.reply if moment else None
    if reply is None:
        return Explanation("reply", "A line of a reply whose beginning or end is not in the log.")
    if record.text != reply.text and not record.text.startswith(str(reply.code)):
        return Explanation(f"{reply.code}", f"A line of the {reply.code} reply.", took_ms=record.ms)
    text = reply_text(reply.code)
    exchange = story.exchange
    is_asked = exchange is not None and moment is not None and moment.kind is not MomentKind.UNASKED
    meaning = f"{text.meaning} ({reply.code // 100}yz: {FIRST_DIGIT.get(reply.code // 100, 'unknown')}.)"
    if not is_asked:
        meaning += " Nothing had been asked."
    elif exchange is not None and exchange.verb:
        meaning = f"Answers {exchange.verb}. {meaning}"
    arguments: tuple[Argument, ...] = ()
    if is_asked and exchange is not None and exchange.attempt is not None and exchange.attempt.is_passive:
        is_final = exchange is exchange.attempt.preparation and exchange.final is reply
        arguments = attempt_arguments(exchange.attempt) if is_final else ()
    return Explanation(
        title=str(reply.code), meaning=meaning, section=text.section, arguments=arguments,
        checks=_checks(story, exchange) if is_asked else (), took_ms=reply.ms, usually_next=text.follows,
        known_text=known_text(reply.text) or known_text(reply.whole) or "",
    )  # fmt: skip


_EVENTS = {
    DataEvent.LISTENING: "We listen for the server's connection (active mode).",
    DataEvent.CONNECTING: "We begin to connect to where the server listens (passive mode).",
    DataEvent.CONNECTED: "Our connect was answered: the data connection stands.",
    DataEvent.ACCEPTED: "The server's connect has arrived: the data connection stands.",
    DataEvent.REFUSED: "A connection came from another address than the server's, and was closed: it might be a "
    "stranger's (RFC 2577).",
    DataEvent.FAILED: "The data connection did not come about. Silence means that packets are dropped on the way; "
    "a refusal means that a host answers where nothing listens.",
    DataEvent.CLOSED: "The data connection is closed: in stream mode that is the end of the file.",
}


def _data(record: WireRecord, story: _Story) -> Explanation:
    parts = [
        Argument(name, value)
        for name, value in (
            ("opened by", record.command), ("our end", record.local), ("other end", record.remote),
            ("bytes", f"{record.bytes:,}" if record.bytes is not None else None),
        )
        if value
    ]  # fmt: skip
    attempt = story.moment.attempt if story.moment else None
    conversation = story.conversation
    checks = attempt_checks(attempt, peer=conversation.peer if conversation else None) if attempt else ()
    meaning = _EVENTS[record.event] if record.event else "Something happened to a data connection."
    return Explanation("data connection", meaning, "RFC 959 section 3.2", tuple(parts), checks, record.ms)


def _sentence(record: WireRecord) -> Explanation:
    if record.kind is RecordKind.FINDING:
        return Explanation(record.title or "finding", record.text, known_text="")
    meaning = {
        RecordKind.ERROR: "Something failed on our side, or on the way.",
        RecordKind.STATUS: "What the client does, and why.",
    }[record.kind]
    return Explanation(record.kind.value, meaning, known_text=known_text(record.text) or "")
