"""Diagnosis: takes records as they come and says what the rules find. Pure, bounded, O(1) for each record."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime

from tuiftp.wirelog.conversation import (
    Attempt,
    Conversation,
    Conversations,
    LostHow,
    Moment,
    MomentKind,
)
from tuiftp.wirelog.conversation.model import PREPARATIONS, TRANSFERS
from tuiftp.wirelog.ends import host_of, split_end
from tuiftp.wirelog.findings import active, carrying, control, passive, refused
from tuiftp.wirelog.findings.model import Confidence, Finding
from tuiftp.wirelog.findings.precedence import EXPLAINED_BY, ranked
from tuiftp.wirelog.findings.rule import Claim, Rule
from tuiftp.wirelog.findings.view import Case, Occasion, SiteView, Walk, is_flagged, is_public, why_failed
from tuiftp.wirelog.findings.view import Why as _Why
from tuiftp.wirelog.findings.wording import word
from tuiftp.wirelog.records import RecordKind, WireRecord

RULES: tuple[Rule, ...] = (*passive.RULES, *active.RULES, *control.RULES, *refused.RULES, *carrying.RULES)
"""All rules."""
MOST_SITES = 128
"""Sites that are remembered."""
_UNPRIVILEGED = 1024
MOST_WALKS = 256
"""Operations that are followed at the same time."""

_BY_OCCASION: dict[Occasion, tuple[Rule, ...]] = {
    occasion: tuple(rule for rule in RULES if occasion in rule.occasions) for occasion in Occasion
}
_OCCASIONS = {
    MomentKind.COMMAND: Occasion.COMMAND,
    MomentKind.GREETED: Occasion.GREETED,
    MomentKind.REPLIED: Occasion.REPLIED,
    MomentKind.UNASKED: Occasion.UNASKED,
    MomentKind.DIALLED: Occasion.DIALLED,
    MomentKind.INTRUDED: Occasion.INTRUDED,
    MomentKind.HANDSHAKE_FAILED: Occasion.HANDSHAKE_FAILED,
    MomentKind.CLOSED: Occasion.CLOSED,
    MomentKind.LOST: Occasion.LOST,
}
_WITHIN_A_WALK = frozenset({
    "USER", "PASS", "ACCT", "AUTH", "PBSZ", "PROT", "FEAT", "OPTS", "CLNT", "HOST", "SYST", "PWD", "CWD",
    "TYPE", "REST", "NOOP", "ABOR", "MODE", "STRU",
}) | PREPARATIONS | TRANSFERS  # fmt: skip


class Diagnosis:
    """Follows a log, live or from a file, and tells each finding once for a site, and again when it is surer.

    Its memory is bounded whatever a server does, and the same records give the same findings.
    """

    def __init__(self, first_index: int = 0, *, active_ports: tuple[int, int] | None = None) -> None:
        """Begins.

        Args:
            first_index: The index of the first record that will be fed; evidence is counted from it.
            active_ports: The fixed range that we listen on in active mode, for the firewall's lines.
        """
        self._index = first_index
        self._active_ports = active_ports
        self._conversations = Conversations()
        self._walks: dict[int, Walk] = {}
        self._sites: OrderedDict[str, SiteView] = OrderedDict()
        self._found: dict[tuple[str, str], Finding] = {}
        self._reached: tuple[str, str] | None = None
        self._arrived: str | None = None
        self._is_own: dict[tuple[str, str], bool] = {}

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings so far, each in its latest form: site by site, what explains most first."""
        by_site: dict[str, list[Finding]] = {}
        for finding in self._found.values():
            by_site.setdefault(finding.site, []).append(finding)
        return tuple(finding for found in by_site.values() for finding in ranked(found))

    def feed(self, record: WireRecord) -> list[Finding]:
        """Appends the next record; returns the new findings."""
        index = self._index
        self._index += 1
        if record.kind is RecordKind.FINDING or record.conn == 0:
            return []
        conversation = self._conversations.of(record.conn)
        found: list[Finding] = []
        for moment in conversation.feed(index, record):
            found += self._take(conversation, moment)
        return found

    def finish(self) -> list[Finding]:
        """Says what can be said of operations that were still going on at the end of a log."""
        found: list[Finding] = []
        moment = Moment(MomentKind.LOST, self._index - 1, datetime.min, how=LostHow.OURS)
        for conversation in self._conversations.all():
            found += self._end_walk(conversation, self._site(conversation), moment)
        for site in tuple(self._sites.values()):
            if site.orphan is not None:
                conversation = site.orphan[0]
                self._take_back(conversation, site)
                found += self._end_walk(conversation, site, moment)
        return found

    # -- what happens -------------------------------------------------------------------------------------

    def _take(self, conversation: Conversation, moment: Moment) -> list[Finding]:
        site = self._site(conversation)
        found: list[Finding] = []
        if moment.kind is MomentKind.OPENED:
            site.opened(conversation.conn, moment.index)
            if site.orphan is not None:
                self._walks[conversation.conn], site.orphan = site.orphan[1], None
        elif moment.kind is MomentKind.COMMAND:
            found += self._before_command(conversation, site, moment)
        elif moment.kind is MomentKind.LISTENING:
            found += self._give_up_current(conversation, site, moment)
        occasion = _OCCASIONS.get(moment.kind)
        if occasion is not None:
            found += self._look(occasion, self._case(conversation, site, moment, moment.attempt))
        if moment.attempt is not None and moment.attempt.has_worked:
            found += self._worked(conversation, site, moment, moment.attempt)
        if moment.kind is MomentKind.ALL_TRIED:
            self._take_back(conversation, site)
            found += self._end_walk(conversation, site, moment)
        elif moment.kind is MomentKind.LOST:
            found += self._lost(conversation, site, moment)
        return found

    def _before_command(self, conversation: Conversation, site: SiteView, moment: Moment) -> list[Finding]:
        exchange = moment.exchange
        assert exchange is not None
        if exchange.verb not in _WITHIN_A_WALK:
            return self._end_walk(conversation, site, moment)
        if exchange.verb not in PREPARATIONS or exchange.attempt is None:
            return []
        found = self._give_up_current(conversation, site, moment)
        walk = self._walk(conversation)
        if _begins_anew(walk, exchange.verb):
            found += self._end_walk(conversation, site, moment)
            walk = self._walk(conversation)
        found += self._family_over(conversation, site, moment, is_passive=not exchange.attempt.is_passive)
        walk.current = exchange.attempt
        return found

    def _give_up_current(self, conversation: Conversation, site: SiteView, moment: Moment) -> list[Finding]:
        """What was begun before has failed, unless it has worked."""
        walk = self._walk(conversation)
        attempt, walk.current = walk.current, None
        if attempt is None or attempt.is_over:
            return []
        attempt.is_over = True
        walk.add_failed(attempt)
        site.failed[(attempt.command, attempt.is_secure)] = attempt
        if is_flagged(attempt) and why_failed(attempt) in (_Why.TIMED_OUT, _Why.CLOSED_PORT, _Why.REJECTED):
            site.flagged = attempt
        return self._look(Occasion.FAILED, self._case(conversation, site, moment, attempt))

    def _worked(
        self, conversation: Conversation, site: SiteView, moment: Moment, attempt: Attempt
    ) -> list[Finding]:
        if attempt.is_over:
            return []
        attempt.is_over = True
        key = (attempt.command, attempt.is_secure)
        site.worked[key] = attempt
        if attempt.is_passive:
            site.blocked.clear()
            self._note_elsewhere(site, attempt)
        elif is_public(host_of(attempt.remote)):
            self._arrived = site.name
        found = self._look(Occasion.WORKED, self._case(conversation, site, moment, attempt))
        site.failed.pop(key, None)
        self._walks[conversation.conn] = Walk()
        return found

    def _note_elsewhere(self, site: SiteView, attempt: Attempt) -> None:
        """A site that was reached at a port that only an open firewall of ours lets out."""
        end = split_end(attempt.remote)
        if end is not None and end[1] >= _UNPRIVILEGED and is_public(end[0]):
            self._reached = (site.name, attempt.remote or "")

    def _family_over(
        self, conversation: Conversation, site: SiteView, moment: Moment, *, is_passive: bool
    ) -> list[Finding]:
        walk = self._walk(conversation)
        occasion = Occasion.PASSIVE_OVER if is_passive else Occasion.ACTIVE_OVER
        failed = walk.of_family(is_passive=is_passive)
        if not failed or occasion in walk.told:
            return []
        walk.told.add(occasion)
        case = self._case(conversation, site, moment, failed[-1])
        case.failed = tuple(failed)
        return self._look(occasion, case)

    def _end_walk(self, conversation: Conversation, site: SiteView, moment: Moment) -> list[Finding]:
        found = self._give_up_current(conversation, site, moment)
        for is_passive in (True, False):
            found += self._family_over(conversation, site, moment, is_passive=is_passive)
        self._walks[conversation.conn] = Walk()
        return found

    def _take_back(self, conversation: Conversation, site: SiteView) -> None:
        """Gives a connection that was lost in the middle of trying what was tried on it."""
        if site.orphan is not None and site.orphan[0] is conversation:
            self._walks[conversation.conn], site.orphan = site.orphan[1], None

    def _lost(self, conversation: Conversation, site: SiteView, moment: Moment) -> list[Finding]:
        site.open.pop(conversation.conn, None)
        walk = self._walk(conversation)
        if moment.how is LostHow.OURS and not walk.attempts and walk.current is None:
            self._walks.pop(conversation.conn, None)
            return []
        found = self._give_up_current(conversation, site, moment)
        if moment.is_wanted:
            found += self._end_walk(conversation, site, moment)
        else:
            site.orphan = (conversation, self._walk(conversation))
        self._walks.pop(conversation.conn, None)
        return found

    # -- looking ------------------------------------------------------------------------------------------

    def _look(self, occasion: Occasion, case: Case) -> list[Finding]:
        found: list[Finding] = []
        for rule in _BY_OCCASION[occasion]:
            claim = rule.look(case)
            if claim is None:
                continue
            told = case.site.reported.get(rule.code)
            if told is not None and told.rank >= claim.confidence.rank:
                self._extend(rule.code, claim, case, told)
                continue
            if not claim.is_own and EXPLAINED_BY.get(rule.code, frozenset()) & case.site.reported.keys():
                continue
            case.site.reported[rule.code] = claim.confidence
            finding = word(rule.code, claim, case, active_ports=self._active_ports)
            self._withdraw(case.site, rule.code)
            self._found[(case.site.name, rule.code)] = finding
            self._is_own[(case.site.name, rule.code)] = claim.is_own
            found.append(finding)
        return found

    def _extend(self, code: str, claim: Claim, case: Case, told: Confidence) -> None:
        """Keeps more evidence of what was told already; it is not told again."""
        key = (case.site.name, code)
        known = self._found.get(key)
        if known is not None and told is claim.confidence and set(known.evidence) < set(claim.evidence):
            self._found[key] = word(code, claim, case, active_ports=self._active_ports)

    def _withdraw(self, site: SiteView, cause: str) -> None:
        """Takes back what was told before its cause was known."""
        for code, causes in EXPLAINED_BY.items():
            key = (site.name, code)
            if cause in causes and not self._is_own.get(key):
                self._found.pop(key, None)

    def _case(
        self, conversation: Conversation, site: SiteView, moment: Moment, attempt: Attempt | None
    ) -> Case:
        elsewhere = self._reached[1] if self._reached and self._reached[0] != site.name else None
        arrived = self._arrived if self._arrived != site.name else None
        return Case(moment, conversation, site, attempt, elsewhere=elsewhere, active_elsewhere=arrived)

    def _walk(self, conversation: Conversation) -> Walk:
        walk = self._walks.setdefault(conversation.conn, Walk())
        if len(self._walks) > MOST_WALKS:
            self._walks.pop(next(iter(self._walks)))
        return walk

    def _site(self, conversation: Conversation) -> SiteView:
        name = conversation.site
        site = self._sites.get(name)
        if site is None:
            site = self._sites[name] = SiteView(name)
            if len(self._sites) > MOST_SITES:
                forgotten, _ = self._sites.popitem(last=False)
                self._found = {key: found for key, found in self._found.items() if key[0] != forgotten}
                self._is_own = {key: own for key, own in self._is_own.items() if key[0] != forgotten}
        else:
            self._sites.move_to_end(name)
        return site


def _begins_anew(walk: Walk, command: str) -> bool:
    """Whether a way is tried again that has failed already: another operation has begun.

    PORT right after a refused PORT is the same operation: it announces another address.
    """
    tried = [attempt.command for attempt in walk.attempts]
    if command not in tried:
        return False
    last = walk.attempts[-1]
    return last.command != command or why_failed(last) is not _Why.REFUSED


def diagnose(records: Iterable[WireRecord]) -> tuple[Finding, ...]:
    """All findings of a whole log."""
    diagnosis = Diagnosis()
    for record in records:
        diagnosis.feed(record)
    diagnosis.finish()
    return diagnosis.findings


def finding_record(finding: Finding, at: datetime) -> WireRecord:
    """A finding as a line of the protocol log."""
    return WireRecord(
        at=at, conn=finding.conn, kind=RecordKind.FINDING, text=finding.verdict, code=finding.code,
        title=finding.title, advice=finding.advice or None,
    )  # fmt: skip
