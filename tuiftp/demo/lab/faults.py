"""The options of a scripted server's misbehaviour; with all off, it is a correct small FTP server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

PASSIVE = frozenset({"PASV", "EPSV"})
"""The commands after which the server listens."""

TRANSFERS = frozenset({"LIST", "NLST", "MLSD", "RETR", "STOR", "APPE"})
"""The commands that use a data connection."""

PortState = Literal["open", "closed", "silent"]
"""`closed` refuses a connect at once; `silent` answers nothing at all."""


@dataclass(slots=True)
class Refusal:
    """A transfer command is answered with an error, and no data connection is used."""

    code: int
    """The reply code, as 425."""
    text: bytes
    """The server's words."""
    verbs: frozenset[str] = TRANSFERS
    """The commands that it concerns."""
    after_preliminary: bool = False
    """Whether a 150 goes before it."""
    left: int | None = None
    """How many times still, or for ever."""

    def applies(self, verb: str) -> bool:
        """Return whether this command is refused, and count it."""
        if verb not in self.verbs or self.left == 0:
            return False
        if self.left is not None:
            self.left -= 1
        return True


@dataclass(slots=True)
class DataFault:
    """A data connection that breaks or stalls in the middle."""

    after: int
    """How many bytes go over before."""
    kind: Literal["close", "reset", "stall", "hold"]
    """A clean end of file, a reset, silence with the connection open, or a wait for `server.release`."""
    reply: tuple[int, bytes] | None
    """What the control connection says then; nothing when None."""
    verbs: frozenset[str] = TRANSFERS
    """The commands that it concerns."""
    left: int | None = None
    """How many times still, or for ever."""

    def applies(self, verb: str) -> bool:
        """Return whether this transfer is hit, and count it."""
        if verb not in self.verbs or self.left == 0:
            return False
        if self.left is not None:
            self.left -= 1
        return True


@dataclass(slots=True)
class Stranger:
    """Somebody else who connects to the client's active port before the server does."""

    host: str
    """Where it comes from."""
    payload: bytes
    """What it says at once."""
    received: bytearray = field(default_factory=bytearray)
    """What it was told: nothing, if the client is careful."""


@dataclass(slots=True)
class Faults:
    """Everything that may go wrong around a data connection and the replies about it."""

    passive_port: dict[str, PortState] = field(default_factory=dict)
    """The state of the port that a 227 or 229 announces, by command; open when not named."""
    announced_host: str | None = None
    """The address that a 227 names instead of the real one."""
    announced_port: int | None = None
    """The port that a 227 or 229 names instead of the real one."""
    refusals: list[Refusal] = field(default_factory=list)
    """Transfer commands that are answered with an error."""
    data_faults: list[DataFault] = field(default_factory=list)
    """Data connections that break."""
    stranger: Stranger | None = None
    """Who connects first in active mode."""
    never_connects: bool = False
    """In active mode, whether the server stays away."""
    never_connects_preliminary: bool = False
    """Whether a server that stays away says 150 all the same."""
    gives_up_after: float | None = None
    """Seconds until a server that stays away says 425; it never does when None."""
    preliminary: bool = True
    """Whether there is a 150 before the data."""
    preliminary_first: bool = False
    """Whether the 150 goes before the data connection stands."""
    completion: Literal["normal", "early", "doubled", "doubled later", "missing"] = "normal"
    """What happens to the 226."""
    ignores_rest: bool = False
    """Whether REST is answered 350 and has no effect."""
    upload_keeps: int | None = None
    """How many bytes of an upload are kept, while the reply is 226."""
    upload_limit: int | None = None
    """After how many bytes an upload is stopped with 552."""
    drip: bool = False
    """Whether replies go out byte by byte."""
    idle_drop: float | None = None
    """Seconds of silence after which the control connection is closed."""

    def refusal(self, verb: str) -> Refusal | None:
        """Return how this transfer command is refused, if it is."""
        return next((one for one in self.refusals if one.applies(verb)), None)

    def data_fault(self, verb: str) -> DataFault | None:
        """Return how this transfer breaks, if it does."""
        return next((one for one in self.data_faults if one.applies(verb)), None)


__all__ = ["PASSIVE", "TRANSFERS", "DataFault", "Faults", "PortState", "Refusal", "Stranger"]
