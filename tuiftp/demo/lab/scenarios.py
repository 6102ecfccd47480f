"""The faults that the lab shows, by name: what the server does wrong, what to expect, and which finding tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tuiftp.choices import ConnectionMode
from tuiftp.demo.lab import mischief, quirks
from tuiftp.demo.lab.samples import HOSTILE_FACTS, HOSTILE_LINES
from tuiftp.demo.lab.server import Quirk, ScriptedServer
from tuiftp.demo.lab.session import Session
from tuiftp.demo.lab.verbs import Handler

_ALWAYS: Final = 1_000_000_000
_NO_PASSIVE: Final = quirks.refuse_passive()


@dataclass(frozen=True, slots=True)
class Scenario:
    """One fault."""

    name: str
    """The word for the command line."""
    fault: str
    """What the server does wrong, in a sentence."""
    expect: str
    """What a client should come to."""
    quirks: tuple[Quirk, ...]
    """What changes the server."""
    finding: str | None = None
    """The id of the finding that should appear; None where nothing is to be diagnosed."""
    shows_in_probe: bool = True
    """Whether the finding appears in a probe; else it needs a transfer, or time."""
    mode: ConnectionMode | None = None
    """The mode that meets the fault, where Auto finds a way that does not."""
    is_extended_first: bool = False
    """Whether it is met only by a client that asks for EPSV before PASV."""

    @property
    def options(self) -> str:
        """What a command line needs to meet the fault at once; empty where nothing special does."""
        if self.mode is not None:
            return f"--mode {self.mode}"
        return "--extended-first" if self.is_extended_first else ""


def _port_once(number: int) -> Quirk:
    """Announce a port that routers meddle with at the first PASV, where nobody listens, and good ones later."""

    def apply(server: ScriptedServer) -> None:
        usual: Handler = server.handler("PASV")
        is_first = True

        async def handler(session: Session, argument: bytes) -> None:
            nonlocal is_first
            if not is_first:
                await usual(session, argument)
                return
            is_first = False
            host = session.local[0].replace(".", ",")
            text = f"Entering Passive Mode ({host},{number >> 8},{number & 255})."
            await session.reply(227, text)

        server.verbs["PASV"] = handler

    return apply


SCENARIOS: Final = (
    Scenario(
        "passive-closed", "The passive ports are closed: a connect is refused at once.",
        "Auto goes over to active mode within milliseconds.", (quirks.passive_port("closed"),), "R5",
    ),
    Scenario(
        "passive-silent", "The passive ports answer nothing, as behind a firewall that drops.",
        "Auto waits five seconds for each form once, goes over to active mode, and remembers it.",
        (quirks.passive_port("silent"),), "R4",
    ),
    Scenario(
        "epsv-silent", "The port after EPSV is silent, the one after PASV is open.",
        "PASV works; a client that asks for EPSV first waits.", (quirks.passive_port("silent", "EPSV"),), "R6",
        is_extended_first=True,
    ),
    Scenario(
        "private-address", "The 227 names 10.1.2.3, an address inside the server's own network.",
        "Auto connects to the server's own address instead.", (quirks.announce("10.1.2.3"),), "R1",
    ),
    Scenario(
        "zero-address", "The 227 names 0.0.0.0.",
        "Auto connects to the server's own address instead.", (quirks.announce("0.0.0.0"),), "R1",
    ),
    Scenario(
        "epsv-550", "EPSV is answered 550.", "PASV is used; EPSV counts as one way that fails.",
        (quirks.refuse("EPSV", 550, "Permission denied."),),
    ),
    Scenario(
        "pasv-502", "PASV is not implemented.", "EPSV is used, and PASV is not asked for again.",
        (quirks.refuse("PASV", 502, "Command not implemented."),),
    ),
    Scenario(
        "mangled-227", "The 227 has too few numbers.", "EPSV is used.",
        (quirks.pasv_reply(b"227 Entering Passive Mode (127,0,0)."),),
    ),
    Scenario(
        "pasv-says-229", "PASV is answered as if it were EPSV.", "The port is taken from it all the same.",
        (quirks.pasv_answers_229(),), "R24",
    ),
    Scenario(
        "reset-on-pasv", "The control connection is reset at PASV, as an inspecting firewall does.",
        "Auto reconnects and uses EPSV.",
        (mischief.cuts_control("PASV", reset=True, times=_ALWAYS),), "R8",
    ),
    Scenario(
        "port-refused", "PORT and EPRT are refused, in words that do not say why.",
        "Active mode fails at once; passive mode works.", (quirks.refuse_active(500),), "R27",
        mode=ConnectionMode.ACTIVE,
    ),
    Scenario(
        "port-refused-other", "PORT is refused in words that name another address of the client.",
        "The finding offers that address; here, on loopback, it is not tried.",
        (quirks.refuse_active(500, only_to="203.0.113.45"),), "R9",
        mode=ConnectionMode.ACTIVE,
    ),
    Scenario(
        "list-425", "There is no passive mode, and after PORT the listing is answered 425 at once.",
        "No data connection comes about, in any way.",
        (_NO_PASSIVE, quirks.refuse_transfer(425, b"Failed to establish connection.")), "R10",
    ),
    Scenario(
        "nobody-comes", "There is no passive mode, and after PORT the server says 150 and never connects.",
        "Each active form ends after its time limit; no data connection comes about.",
        (_NO_PASSIVE, quirks.never_connects(preliminary=True)), "R11",
    ),
    Scenario(
        "stranger", "There is no passive mode, and a stranger connects to the active port before the server.",
        "The stranger is turned away, and the server's connection is taken.",
        (_NO_PASSIVE, quirks.stranger_first()), "R13",
    ),
    Scenario(
        "bad-ip", "Data connections are refused because they come from another address than the login.",
        "Passive mode fails with the server's words for it.",
        (quirks.refuse_active(), quirks.refuse_transfer(425, b"Security: Bad IP connecting.")), "R16",
    ),
    Scenario(
        "helper-port", "The first PASV gets port 5060, which routers keep for SIP; later ones are good.",
        "The first try fails, asking again helps.", (_port_once(5060),), "R17",
    ),
    Scenario(
        "tls-reuse", "Listings are refused in vsftpd's words for a TLS session that was not resumed.",
        "No other way is tried: this is no matter of the firewall.",
        (quirks.refuse_transfer(522, b"SSL connection failed: session reuse required"),), "R15",
    ),
    Scenario(
        "too-many", "One login at a time: the second is answered 421.",
        "Browsing works; transfers take turns, or wait.", (mischief.too_many(1),), "R20",
    ),
    Scenario(
        "idle-kill",
        "Silence of 15 seconds is answered 421; the first listing meets it, since the timer counts no transfers.",
        "The connection is made anew by itself, and the listing comes.",
        (mischief.idle_drop(15.0), mischief.idle_timer_strikes("MLSD", "LIST")), "R18",
    ),
    Scenario(
        "no-150", "There is no 150 before the data.", "Everything works.", (quirks.no_preliminary(),), "R25",
    ),
    Scenario(
        "early-226", "The 226 comes before the data.", "Everything works, and nothing is cut.",
        (quirks.early_completion(),),
    ),
    Scenario(
        "no-226", "The data comes whole, and the 226 never.",
        "The size decides whether a transfer is complete.", (quirks.missing_completion(),),
    ),
    Scenario(
        "doubled-226", "The 226 comes twice.", "The second one answers nothing.",
        (quirks.doubled_completion(),),
    ),
    Scenario(
        "cut-with-226", "Downloads break off after 100,000 bytes, and the server says 226.",
        "The download is told to be incomplete, and goes on from there when retried.",
        (quirks.cut_data(100_000, (226, b"Transfer complete."), verbs=("RETR",)),),
    ),
    Scenario(
        "stalled", "Downloads fall silent after 100,000 bytes.",
        "The stall is noticed after its time limit, and the transfer is tried again.",
        (quirks.stall_data(100_000, verbs=("RETR",)),),
    ),
    Scenario(
        "rest-ignored", "REST is answered 350, and the file comes from its beginning.",
        "Resuming does not damage a file.", (quirks.rest_ignored(),),
    ),
    Scenario(
        "truncated-upload", "Only the first 1,000 bytes of an upload are kept, and the server says 226.",
        "The upload is told to be incomplete.", (quirks.upload_truncated(1000),),
    ),
    Scenario(
        "disk-full", "Uploads end after 50,000 bytes with 552.",
        "The queue stops and says why.", (quirks.disk_full(50_000),),
    ),
    Scenario(
        "hostile-names", "Listings hold names with slashes, dots, escape sequences and markup.",
        "Each is shown as it is, and none leads out of its directory.",
        (
            mischief.raw_listing(HOSTILE_LINES, "LIST"), mischief.raw_listing(HOSTILE_FACTS, "MLSD"),
        ),
    ),
    Scenario(
        "endless-listing", "A listing does not end.",
        "It is broken off at a limit, and said to be incomplete.", (mischief.endless_listing(),),
    ),
)  # fmt: skip
"""All of them, in the order of the list."""


def find_scenario(name: str) -> Scenario | None:
    """The scenario of that name, or None."""
    return next((scenario for scenario in SCENARIOS if scenario.name == name), None)
