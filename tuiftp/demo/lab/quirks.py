"""Named ways in which data connections go wrong; each changes a ScriptedServer before it starts."""

from __future__ import annotations

from collections.abc import Iterable

from tuiftp.demo.lab.changes import says
from tuiftp.demo.lab.faults import PASSIVE, TRANSFERS, DataFault, PortState, Refusal, Stranger
from tuiftp.demo.lab.server import Quirk, ScriptedServer
from tuiftp.demo.lab.session import Session
from tuiftp.demo.lab.verbs import passive_number, passive_numbers


def refuse(verb: str, code: int, text: str | bytes = "Not this one.", *, times: int | None = None) -> Quirk:
    """Answer a command with an error, always or so many times."""

    def apply(server: ScriptedServer) -> None:
        usual, refusal = server.handler(verb), says(code, text)
        left = times

        async def handler(session: Session, argument: bytes) -> None:
            nonlocal left
            if left == 0:
                await usual(session, argument)
                return
            if left is not None:
                left -= 1
            await refusal(session, argument)

        server.verbs[verb] = handler

    return apply


def refuse_passive(code: int = 502) -> Quirk:
    """Refuse PASV and EPSV."""
    return both(refuse("PASV", code, "Passive is not implemented."), refuse("EPSV", code, "Not implemented."))


def refuse_active(code: int = 500, *, only_to: str | None = None) -> Quirk:
    """Refuse PORT and EPRT; with `only_to` in the words of Pure-FTPd, that name the address it would take."""

    def apply(server: ScriptedServer) -> None:
        async def handler(session: Session, argument: bytes) -> None:
            asked = argument.split(b"|")[2] if session.verb == "EPRT" else b".".join(argument.split(b",")[:4])
            if only_to is None:
                await session.reply(code, f"Illegal {session.verb} command.")
            else:
                words = f"I won't open a connection to {asked.decode()} (only to {only_to})"
                await session.reply(code, words)

        server.verbs["PORT"] = server.verbs["EPRT"] = handler

    return apply


def passive_port(state: PortState, *verbs: str) -> Quirk:
    """Announce ports that are closed, or silent (a full backlog: Linux drops the SYN, a connect hangs)."""

    def apply(server: ScriptedServer) -> None:
        server.faults.passive_port.update(dict.fromkeys(verbs or PASSIVE, state))

    return apply


def announce(host: str | None = None, port: int | None = None) -> Quirk:
    """Name another address in the 227, or another port in the 227 and 229."""

    def apply(server: ScriptedServer) -> None:
        server.faults.announced_host = host
        server.faults.announced_port = port

    return apply


def pasv_reply(template: bytes, verb: str = "PASV") -> Quirk:
    """Answer with `template`, where `%s` stands for the six numbers, as `227 Passive %s`."""

    def apply(server: ScriptedServer) -> None:
        async def handler(session: Session, _: bytes) -> None:
            await session.raw(template.replace(b"%s", passive_numbers(session)) + b"\r\n")

        server.verbs[verb] = handler

    return apply


def epsv_reply(template: bytes, verb: str = "EPSV") -> Quirk:
    """Answer with `template`, where `%s` stands for the port: `229 Extended (!!!%s!)`."""

    def apply(server: ScriptedServer) -> None:
        async def handler(session: Session, _: bytes) -> None:
            await session.raw(template.replace(b"%s", passive_number(session)) + b"\r\n")

        server.verbs[verb] = handler

    return apply


def pasv_answers_229() -> Quirk:
    """Answer PASV as if it were EPSV."""
    return epsv_reply(b"229 Entering Extended Passive Mode (|||%s|)", "PASV")


def refuse_transfer(
    code: int = 425, text: bytes = b"Can't open data connection.", *,
    after_preliminary: bool = False, verbs: Iterable[str] = TRANSFERS, times: int | None = None,
) -> Quirk:  # fmt: skip
    """Answer transfer commands with an error, at once or behind a 150."""

    def apply(server: ScriptedServer) -> None:
        refusal = Refusal(code, text, frozenset(verbs), after_preliminary, times)
        server.faults.refusals.append(refusal)

    return apply


def never_connects(*, preliminary: bool = False, gives_up_after: float | None = None) -> Quirk:
    """Say 200 to PORT and stay away; say 425 after some seconds, or nothing ever."""

    def apply(server: ScriptedServer) -> None:
        server.faults.never_connects = True
        server.faults.never_connects_preliminary = preliminary
        server.faults.gives_up_after = gives_up_after

    return apply


def stranger_first(payload: bytes = b"stranger's bytes\r\n", host: str = "127.0.0.2") -> Quirk:
    """Let somebody else connect to the active port before the server does; see `server.faults.stranger`."""

    def apply(server: ScriptedServer) -> None:
        server.faults.stranger = Stranger(host, payload)

    return apply


def no_preliminary() -> Quirk:
    """Send the data and the 226 without a 150 before."""

    def apply(server: ScriptedServer) -> None:
        server.faults.preliminary = False

    return apply


def early_completion() -> Quirk:
    """Say 226 before the data has been sent."""

    def apply(server: ScriptedServer) -> None:
        server.faults.completion = "early"

    return apply


def doubled_completion(*, later: bool = False) -> Quirk:
    """Say 226 twice: in one segment, or the second one a moment later."""

    def apply(server: ScriptedServer) -> None:
        server.faults.completion = "doubled later" if later else "doubled"

    return apply


def missing_completion() -> Quirk:
    """Send all the data, close the data connection and never say 226."""

    def apply(server: ScriptedServer) -> None:
        server.faults.completion = "missing"

    return apply


def cut_data(
    after: int, reply: tuple[int, bytes] | None = (426, b"Connection closed; transfer aborted."), *,
    reset: bool = False, verbs: Iterable[str] = ("RETR", "STOR", "APPE"), times: int | None = None,
) -> Quirk:  # fmt: skip
    """Close the data connection after so many bytes, and say `reply`: 426, a lying 226, or nothing."""
    return data_fault(DataFault(after, "reset" if reset else "close", reply, frozenset(verbs), times))


def stall_data(
    after: int, *, verbs: Iterable[str] = ("RETR", "STOR", "APPE"), times: int | None = None
) -> Quirk:
    """Fall silent after so many bytes, with both connections open."""
    return data_fault(DataFault(after, "stall", None, frozenset(verbs), times))


def data_fault(fault: DataFault) -> Quirk:
    """Apply a fault to data connections."""

    def apply(server: ScriptedServer) -> None:
        server.faults.data_faults.append(fault)

    return apply


def rest_ignored() -> Quirk:
    """Answer REST with 350 and start at the beginning all the same."""

    def apply(server: ScriptedServer) -> None:
        server.faults.ignores_rest = True

    return apply


def upload_truncated(keep: int) -> Quirk:
    """Keep only the first bytes of an upload, and say 226."""

    def apply(server: ScriptedServer) -> None:
        server.faults.upload_keeps = keep

    return apply


def disk_full(after: int = 0) -> Quirk:
    """Reset an upload after so many bytes and say 552."""

    def apply(server: ScriptedServer) -> None:
        server.faults.upload_limit = after

    return apply


def both(*quirks: Quirk) -> Quirk:
    """Make one quirk of several."""

    def apply(server: ScriptedServer) -> None:
        for quirk in quirks:
            quirk(server)

    return apply
