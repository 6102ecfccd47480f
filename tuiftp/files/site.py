"""The Site protocol: a place that a user is connected to. What the screen, the commands and the queue know of one.

Each kind of place implements it: `ftp.site.FtpSite` for servers, `files.local_site.LocalSite` for the disk. Which one
belongs to a URL is decided by the composition root.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # the first screen needs none of them
    from tuiftp.files.endpoint import Endpoint, EndpointPool, Transfers
    from tuiftp.protocol.modes import DataCommand
    from tuiftp.wirelog.probing import Advice, ProbeReport, ProbeRow


class TriedStep(Protocol):
    """One way of opening a data connection that was tried, and what came of it."""

    @property
    def at(self) -> datetime:
        """When, aware, UTC."""
        ...

    @property
    def command(self) -> DataCommand:
        """The way."""
        ...

    @property
    def ok(self) -> bool:
        """Whether a data connection came about."""
        ...

    @property
    def reason(self) -> str:
        """What happened, in a sentence."""
        ...


class Diagnostics(Protocol):
    """What a place that speaks a protocol tells about its connections, and lets a person set and try there."""

    @property
    def mode_summary(self) -> str:
        """How data connections are opened: `auto → passive (PASV)`."""
        ...

    @property
    def encryption(self) -> str:
        """How the browsing session is encrypted: `TLS 1.3`; empty: it is not."""
        ...

    @property
    def protects_data(self) -> bool:
        """Whether data connections are encrypted too."""
        ...

    @property
    def preferred(self) -> Advice:
        """What was set for it since it was opened, by `prefer`."""
        ...

    def prefer(self, advice: Advice) -> None:
        """Sets for this site alone what was recommended, as long as it is open."""
        ...

    def mode_history(self) -> Sequence[TriedStep]:
        """What was tried to open data connections here, oldest first."""
        ...

    def forget_mode(self) -> None:
        """Forgets which way of opening data connections worked here."""
        ...

    async def send_raw(self, line: str) -> Sequence[str]:
        """Sends a line as it is over the browsing session; returns the lines of the reply.

        Raises:
            TuiftpError: The line cannot be sent, or no answer came.
        """
        ...

    async def probe(self, on_row: Callable[[ProbeRow], None]) -> ProbeReport:
        """Tries every way to open a data connection, and tells each as it comes.

        Raises:
            TuiftpError: Nothing could be tried.
        """
        ...


class TransferSite(Protocol):
    """A site as the transfer queue needs it: its name, its paths, and who lends sessions on it."""

    @property
    def label(self) -> str:
        """What to call it: `ftp://user@host`. Never holds a password."""
        ...

    @property
    def endpoint(self) -> Endpoint:
        """Joins and splits its paths and says what it can do; the queue sends no command through it."""
        ...

    @property
    def pool(self) -> EndpointPool:
        """Who lends sessions."""
        ...


class Site(Protocol):
    """One place with files that is opened, browsed, and lends sessions to transfers."""

    @property
    def label(self) -> str:
        """What to call it: `ftp://user@host`. Never holds a password."""
        ...

    @property
    def endpoint(self) -> Transfers:
        """What the pane browses."""
        ...

    @property
    def pool(self) -> EndpointPool:
        """What the queue borrows sessions from."""
        ...

    @property
    def is_connected(self) -> bool:
        """Whether the browsing session is logged in."""
        ...

    @property
    def diagnostics(self) -> Diagnostics | None:
        """What it tells about its connections; None: it has none to tell of."""
        ...

    async def connect(self) -> None:
        """Opens the browsing session.

        Raises:
            TuiftpError: It cannot be opened.
        """
        ...

    async def reconnect(self) -> None:
        """Closes the browsing session and opens it again."""
        ...

    async def close(self) -> None:
        """Closes all sessions, bounded in time."""
        ...


def mode_summary_of(site: Site | None) -> str:
    """How a site opens data connections; empty where it opens none."""
    return site.diagnostics.mode_summary if site is not None and site.diagnostics is not None else ""
