"""Compares two logs: aligned by command, the first difference that matters told in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from tuiftp.protocol.addresses import parse_pasv_reply
from tuiftp.protocol.text import shown
from tuiftp.wirelog.conversation import Attempt, Conversations, DialEnd, Exchange, MomentKind
from tuiftp.wirelog.ends import class_of
from tuiftp.wirelog.findings import diagnose
from tuiftp.wirelog.records import WireRecord

MOST_STEPS: Final = 5_000
"""Commands of each log that are compared."""
_SLOW_MS: Final = 2_000.0
_QUIET: Final = frozenset({"NOOP", "FEAT", "OPTS", "CLNT", "SYST", "STAT", "HELP", "CSID", "LANG", "TYPE"})
"""Verbs whose presence or absence seldom matters."""


@dataclass(frozen=True, slots=True)
class Step:
    """One command with its outcome, made comparable."""

    index: int
    """Index of its record."""
    line: str
    """The command, as sent."""
    key: str
    """What it is aligned by: the verb, and what of its argument is comparable."""
    outcome: str
    """What came of it: `227`, `no answer`; for a transfer what became of the data connection as well."""
    data: str
    """For a command that prepares a data connection: how that ended."""
    ms: float | None
    """How long the answer took."""
    announced: str = ""
    """The address that a 227 or 229 names; empty where it names none."""
    peer: str = ""
    """The server's address, where the log tells it."""

    @property
    def told(self) -> str:
        """What came of it, with the address that was named and its class: `227 of 10.1.2.3 (private)`."""
        kind = class_of(self.announced)
        named = f"{self.outcome} of {self.announced} ({kind})" if kind is not None else self.outcome
        return f"{named}, {self.data}" if self.data else named


@dataclass(frozen=True, slots=True)
class Pair:
    """Two steps that stand beside each other; None where one log has nothing there."""

    left: Step | None
    """Of the first log."""
    right: Step | None
    """Of the second log."""
    differs: bool
    """Whether the difference matters."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two logs beside each other."""

    pairs: tuple[Pair, ...]
    """All steps, aligned."""
    first: int | None
    """The place in `pairs` of the first difference that matters; None where there is none."""
    sentence: str
    """What it is, in a sentence."""
    only_left: tuple[str, ...] = ()
    """Ids of findings in the first log alone."""
    only_right: tuple[str, ...] = ()
    """Ids of findings in the second log alone."""


def compare(
    left: Sequence[WireRecord],
    right: Sequence[WireRecord],
    *,
    names: tuple[str, str] = ("the first log", "the second log"),
) -> Comparison:
    """Compares two logs.

    Args:
        left: The first log: the one that works, where there is one.
        right: The second log.
        names: What to call them in the sentence: `at home`, `in the office`.
    """
    ours, theirs = steps_of(left), steps_of(right)
    pairs = tuple(_aligned(ours, theirs))
    first = next((place for place, pair in enumerate(pairs) if pair.differs), None)
    codes = [{finding.code: None for finding in diagnose(log)} for log in (left, right)]
    sentence = f"Nothing that matters differs {_where(names[0])} and {_where(names[1])}."
    if first is not None:
        sentence = _sentence(pairs[first], names)
    return Comparison(
        pairs, first, sentence, tuple(code for code in codes[0] if code not in codes[1]),
        tuple(code for code in codes[1] if code not in codes[0]),
    )  # fmt: skip


def steps_of(records: Iterable[WireRecord]) -> list[Step]:
    """The commands of a log with their outcomes, the greeting first; bounded."""
    conversations = Conversations()
    exchanges: list[tuple[Exchange, str]] = []
    for index, record in enumerate(records):
        if not record.conn or len(exchanges) >= MOST_STEPS:
            continue
        for moment in conversations.of(record.conn).feed(index, record):
            if moment.kind in (MomentKind.COMMAND, MomentKind.GREETED) and moment.exchange is not None:
                exchanges.append((moment.exchange, conversations.of(record.conn).peer or ""))
    return [_step(exchange, peer) for exchange, peer in exchanges]


def _step(exchange: Exchange, peer: str) -> Step:
    line = f"{exchange.verb} {exchange.argument}".strip() or "(greeting)"
    reply = exchange.final
    outcome = str(reply.code) if reply is not None else "no answer"
    attempt = exchange.attempt
    is_preparation = attempt is not None and exchange is attempt.preparation
    data = _data_end(attempt) if attempt is not None and is_preparation else ""
    took = exchange.took() if exchange.verb else None
    return Step(
        exchange.index, line, _key(exchange, attempt if is_preparation else None), outcome, data, took,
        announced=_announced(reply.code, reply.text) if reply is not None else "", peer=peer,
    )  # fmt: skip


_IN_229 = re.compile(r"\(\|[12]\|([0-9A-Fa-f.:]+)\|\d+\|\)")


def _announced(code: int, text: str) -> str:
    """The address in a 227, or in a 229 that names one."""
    if code == 229:
        found = _IN_229.search(text)
        return found[1] if found else ""
    try:
        return parse_pasv_reply(text)[0] if code == 227 else ""
    except ValueError:
        return ""


def _key(exchange: Exchange, attempt: Attempt | None) -> str:
    """The verb, and of its argument what is the same in two networks: paths, but no addresses and no names."""
    if attempt is not None or exchange.verb in ("USER", "PASS", "ACCT", "HOST", "CLNT", "CSID"):
        return exchange.verb
    return f"{exchange.verb} {exchange.argument}".strip()


def _data_end(attempt: Attempt) -> str:
    if attempt.has_stood:
        return "a data connection"
    if attempt.dials:
        return {
            DialEnd.TIMED_OUT: "no answer to the connect",
            DialEnd.REFUSED: "a refused connect",
            DialEnd.OPEN: "a connect without end",
        }.get(attempt.dials[-1].end, "a connect that failed")
    return "no connection from the server" if attempt.gave_up is not None else ""


def _aligned(left: list[Step], right: list[Step]) -> Iterable[Pair]:
    matcher = SequenceMatcher(None, [step.key for step in left], [step.key for step in right], autojunk=False)
    for tag, begin, end, start, stop in matcher.get_opcodes():
        if tag == "equal":
            for ours, theirs in zip(left[begin:end], right[start:stop], strict=True):
                yield Pair(ours, theirs, _differ(ours, theirs))
            continue
        for step in left[begin:end]:
            yield Pair(step, None, _matters(step))
        for step in right[start:stop]:
            yield Pair(None, step, _matters(step))


def _matters(step: Step) -> bool:
    return step.line.partition(" ")[0] not in _QUIET


def _differ(left: Step, right: Step) -> bool:
    if left.outcome != right.outcome and _kind(left.outcome) != _kind(right.outcome):
        return True
    if left.data != right.data and "" not in (left.data, right.data):
        return True
    return _names_another(left, right) or _is_much_slower(left, right)


def _names_another(left: Step, right: Step) -> bool:
    """Whether 227 or 229 name addresses of another class, or others though the server is the same."""
    if not (left.announced and right.announced) or left.announced == right.announced:
        return False
    if class_of(left.announced) is not class_of(right.announced):
        return True
    return bool(left.peer) and left.peer == right.peer


def _kind(outcome: str) -> str:
    """Codes that mean the same: 125 and 150, 200 and 250, 5yz of whatever kind."""
    return (
        outcome[0]
        if re.fullmatch(r"[1-6]\d\d", outcome) and outcome not in ("421", "425", "426")
        else outcome
    )


def _is_much_slower(left: Step, right: Step) -> bool:
    if left.ms is None or right.ms is None:
        return False
    low, high = sorted((left.ms, right.ms))
    is_transfer = left.line.partition(" ")[0] in ("RETR", "STOR", "APPE")  # as long as the file is large
    return not is_transfer and high - low > _SLOW_MS and high > 5 * low


def _sentence(pair: Pair, names: tuple[str, str]) -> str:
    left, right = pair.left, pair.right
    if left is None or right is None:
        step, name, other = (left, names[0], names[1]) if left else (right, names[1], names[0])
        assert step is not None
        return f"{_named(step)} is sent {_where(name)} (it gives {_outcome(step)}), and not {_where(other)}."
    if (
        left.data != right.data
        and "" not in (left.data, right.data)
        and _kind(left.outcome) == _kind(right.outcome)
    ):
        told = (
            f"{_named(left)} leads to {left.data} {_where(names[0])}, and to {right.data} {_where(names[1])}"
        )
        return f"{told}{_classes(left, right)}."
    if left.outcome != right.outcome:
        told = (
            f"{_named(left)} is answered with {_outcome(left)} {_where(names[0])}, and with {_outcome(right)}"
        )
        return f"{told} {_where(names[1])}{_classes(left, right)}."
    if _names_another(left, right):
        told = f"{_named(left)} is answered with {left.outcome} of {_address(left)} {_where(names[0])}"
        return f"{told}, and with {right.outcome} of {_address(right)} {_where(names[1])}."
    return f"{_named(left)} takes {_took(left)} {_where(names[0])}, and {_took(right)} {_where(names[1])}."


def _where(name: str) -> str:
    """`at home` stays, `home.jsonl` becomes `in home.jsonl`."""
    return name if name.startswith(("at ", "in ", "on ", "from ", "behind ", "with ")) else f"in {name}"


def _named(step: Step) -> str:
    return shown(step.line if len(step.line) <= 60 else f"{step.line[:59]}…")


def _address(step: Step) -> str:
    return f"{step.announced} ({class_of(step.announced)})"


def _outcome(step: Step) -> str:
    return f"{step.outcome}, {step.data}" if step.data else step.outcome


def _took(step: Step) -> str:
    return f"{(step.ms or 0) / 1000:.1f} s"


_IN_PORT = re.compile(r"(?:PORT|EPRT)\s+(?:\|\d\|)?(\d+[.,]\d+[.,]\d+[.,]\d+)")


def _classes(left: Step, right: Step) -> str:
    """Says so where one side announced another class of address than the other."""
    found = [_IN_PORT.match(step.line) for step in (left, right)]
    kinds = [
        class_of(match[1].replace(",", ".") if match else step.announced)
        for match, step in zip(found, (left, right), strict=True)
    ]
    if None in kinds or kinds[0] is kinds[1]:
        return ""
    return f" (a {kinds[0]} and a {kinds[1]} address were announced)"
