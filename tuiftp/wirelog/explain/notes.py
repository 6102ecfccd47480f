"""What PORT, EPRT, 227 and 229 mean, decoded: who is to connect where, and what is odd about it."""

from __future__ import annotations

from tuiftp.protocol.addresses import (
    AddressClass,
    classify,
    decode_eprt,
    decode_port,
    is_flagged_port,
    normalize_host,
    parse_epsv_reply,
    parse_pasv_reply,
    quoted_address,
    same_host,
)


def note_for_command(line: str, *, peer: str | None) -> str | None:
    """Decodes PORT and EPRT; None for other commands.

    Args:
        line: The command as it is sent.
        peer: The server's address, where it is known.
    """
    verb, _, argument = line.strip().partition(" ")
    decode = {"PORT": decode_port, "EPRT": decode_eprt}.get(verb.upper())
    if decode is None:
        return None
    try:
        host, port = decode(argument)
    except ValueError as error:
        return f"⚠ cannot be read: {error}"
    sums = [f"({_arithmetic(port)})"] if verb.upper() == "PORT" else []
    return _joined(f"asks the server to connect to {_place(host, port)}", *sums, *_oddities(host, port, peer))


def note_for_reply(code: int, text: str, *, peer: str | None, command: str | None) -> str | None:
    """Decodes 227 and 229, and the address that a refusal of PORT or EPRT names; None for other replies.

    Args:
        code: The reply's code.
        text: Its last line, with or without the code.
        peer: The server's address, where it is known.
        command: What it answers (the verb, or the whole line), where that is known.
    """
    verb = (command or "").partition(" ")[0].upper()
    if code == 227:
        return _note_for_227(text, peer, verb)
    if code == 229:
        return _note_for_229(text, peer, verb)
    if 400 <= code < 600 and verb in ("PORT", "EPRT"):
        return _note_for_refusal(text, peer, command or "")
    return None


def _note_for_227(text: str, peer: str | None, verb: str) -> str:
    try:
        host, port = parse_pasv_reply(text)
    except ValueError as error:
        return f"⚠ cannot be read: {error}"
    what = f"server listens on {_place(host, port)} ({_arithmetic(port)})"
    answers = ["⚠ answered as if to PASV"] if verb == "EPSV" else []
    if peer is None or same_host(host, peer):
        return _joined(what, *_oddities(host, port, peer), *answers)
    differs = f"⚠ differs from the server's address {normalize_host(peer)}"
    return _joined(what, *_oddities(host, port, peer), differs, *answers)


def _note_for_229(text: str, peer: str | None, verb: str) -> str:
    try:
        port = parse_epsv_reply(text)
    except ValueError as error:
        return f"⚠ cannot be read: {error}"
    where = (
        f", at the server's own address {normalize_host(peer)}" if peer else ", at the server's own address"
    )
    answers = ["⚠ answered as if to EPSV"] if verb == "PASV" else []
    return _joined(f"server listens on port {port}{where}", *_port_oddity(port), *answers)


def _note_for_refusal(text: str, peer: str | None, command: str) -> str | None:
    known = [peer] if peer else []
    verb, _, argument = command.partition(" ")
    try:
        known.append((decode_port if verb.upper() == "PORT" else decode_eprt)(argument)[0])
    except ValueError:
        pass  # only the verb was given
    named = quoted_address(text, not_in=known)
    return f"the server names {named}: the address that it sees us at, most likely" if named else None


def _joined(*parts: str) -> str:
    return "  ".join(parts)


def _place(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _arithmetic(port: int) -> str:
    high, low = divmod(port, 256)
    return f"{high}×256+{low}"


def _oddities(host: str, port: int, peer: str | None) -> list[str]:
    """The class of an address that is not public, as a warning unless the server is of the same class."""
    kind = classify(host)
    notes = [] if kind is AddressClass.PUBLIC else [f"{_warning(kind, peer)}{kind} address"]
    return notes + _port_oddity(port)


def _warning(kind: AddressClass, peer: str | None) -> str:
    try:
        is_expected = peer is not None and classify(peer) is kind and kind is not AddressClass.UNSPECIFIED
    except ValueError:
        is_expected = False
    return "" if is_expected else "⚠ "


def _port_oddity(port: int) -> list[str]:
    flag = is_flagged_port(port)
    return [f"⚠ {flag}"] if flag else []
