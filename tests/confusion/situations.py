"""The situations of the confusion table: what is wrong in each, and which findings may be told of it.

Most rows are records of real exchanges (see `live`), the others are written by hand (see `tests.wirelog.scenarios`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tests.confusion.recorded import recorded
from tests.wirelog.scenarios import SCENARIOS
from tuiftp.wirelog.records import WireRecord

NOTHING: Final = "nothing"


@dataclass(frozen=True, slots=True)
class Situation:
    """One exchange."""

    name: str
    """What is played."""
    expected: frozenset[str]
    """The findings that have to be told, and no others."""
    both: str
    """What the verdict has to say besides: both causes where two look alike from here, or whose fault it is."""
    records: Sequence[WireRecord]
    """What was recorded."""

    @property
    def cause(self) -> str:
        """The finding that names the cause, or that there is none."""
        return "+".join(sorted(self.expected)) or NOTHING


_TWO_FIREWALLS = "two causes look alike: the server's firewall"
_REAL: Final[Mapping[str, tuple[str, str]]] = {
    "healthy": ("", ""), "healthy-active": ("", ""), "healthy-nat": ("", ""), "routed-active": ("", ""),
    "range-dropped": ("R4", _TWO_FIREWALLS), "range-rejected": ("R5", ""),
    "range-prohibited": ("R4", "comes from 203.0.113.7, the server itself"),
    "own-output-dropped": ("R4", _TWO_FIREWALLS),
    "own-output-prohibited": ("R4", "this machine itself"), "both-dropped": ("R4", _TWO_FIREWALLS),
    # The server refuses the private address in PORT as well; where R4 stands, that is not laid to the address.
    "site-lets-few-out": ("R4 R27", _TWO_FIREWALLS),
    "active-dropped": ("R11", "look alike"), "active-dropped-pinned": ("R11", "look alike"),
    # vsftpd took the private address: it sees it, so that no NAT is between.
    "routed-active-dropped": ("R11", "look alike"),
    "active-rejected-pinned": ("R10", "look alike"), "server-egress-dropped": ("R11", "look alike"),
    "server-egress-prohibited": ("R10", "look alike"),
    "nat-vsftpd": ("R9", ""), "nat-proftpd": ("R10", "NAT"), "nat-pureftpd": ("R9", ""),
    "nat-pureftpd-auto": ("R9", ""),
    "server-announces-inside": ("R1", ""), "server-announces-stale": ("R2", ""), "no-port-free": ("R26", ""),
    "passive-switched-off": ("R27", ""), "active-switched-off": ("R27", ""), "proftpd-limits-passive": ("R27", ""),
    "idle-ended": ("R18", ""),
    "middlebox-silent": ("R28", ""), "middlebox-resets": ("R29", "Active mode tells"),
    "middlebox-ssh": ("R30", ""), "middlebox-http": ("R30", ""), "middlebox-ftp": ("R30", ""),
    "full-packets-dropped": ("R31", "two causes look alike"), "stalls": ("R32", ""),
}  # fmt: skip
"""What each real situation has to be told as, and what its verdict has to name."""
_UNSEEN: Final = frozenset({"active-dropped.fresh", "nat-pureftpd-auto.fresh"})
"""Where Auto never comes to what is broken."""


def situations() -> list[Situation]:
    """All of them, healthy ones first, then by their cause."""
    found = [_real(name, records) for name, records in recorded().items()]
    found += [
        Situation(name, codes, "", make().records) for name, (make, codes) in SCENARIOS.items()
    ]  # fmt: skip
    return sorted(found, key=lambda situation: (_order(situation.cause), situation.name))


def _real(name: str, records: Sequence[WireRecord]) -> Situation:
    codes, both = _REAL[name.partition(".")[0]]
    is_unseen = name in _UNSEEN
    return Situation(
        name, frozenset() if is_unseen else frozenset(codes.split()), "" if is_unseen else both, records
    )


def _order(cause: str) -> tuple[int, str]:
    first = cause.partition("+")[0]
    return (int(first[1:]) if first != NOTHING else 0, cause)
