"""The commands of the scripted server, each as a small correct FTP server answers it."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from tuiftp.demo.lab.ports import ActivePort, PassivePort
from tuiftp.demo.lab.session import Session
from tuiftp.demo.lab.transfer import receive_payload, send_payload
from tuiftp.demo.lab.tree import Directory, File, NoSuchPath, mlsd_lines, mlsx_facts, unix_lines

Handler: TypeAlias = Callable[[Session, bytes], Awaitable[None]]
"""Answers one command; gets what stands behind the verb."""

BEFORE_LOGIN = frozenset({"USER", "PASS", "QUIT", "FEAT", "AUTH", "NOOP", "SYST", "OPTS"})
"""What a client may say before it has logged in."""

FEATURES = (
    b"EPRT",
    b"EPSV",
    b"MDTM",
    b"MLST type*;size*;modify*;UNIX.mode*;",
    b"REST STREAM",
    b"SIZE",
    b"UTF8",
)
"""What FEAT names."""


async def user(session: Session, argument: bytes) -> None:
    """USER: every name is asked for a password."""
    session.user = argument.decode("utf-8", "surrogateescape")
    session.logged_in = False
    await session.reply(331, "Please specify the password.")


async def password(session: Session, argument: bytes) -> None:
    """PASS: any, or that of `server.users`."""
    users = session.server.users
    known = users is None or users.get(session.user or "") == argument.decode("utf-8", "surrogateescape")
    if session.user is None:
        await session.reply(503, "Login with USER first.")
    elif not known:
        await session.reply(530, "Login incorrect.")
    else:
        session.logged_in = True
        await session.reply(230, "Login successful.")


async def quit_(session: Session, _: bytes) -> None:
    """QUIT."""
    await session.reply(221, "Goodbye.")
    session.cut()


async def features(session: Session, _: bytes) -> None:
    """FEAT (RFC 2389)."""
    await session.reply(211, b"Features:", *session.server.features, b"End")


async def print_directory(session: Session, _: bytes) -> None:
    """PWD."""
    path = b"/" + b"/".join(session.cwd)
    await session.reply(257, b'"' + path.replace(b'"', b'""') + b'" is the current directory.')


async def change_directory(session: Session, argument: bytes) -> None:
    """CWD."""
    path = session.server.tree.path(session.cwd, argument)
    try:
        session.server.tree.directory(path)
    except NoSuchPath:
        await session.reply(550, "Failed to change directory.")
        return
    session.cwd = path
    await session.reply(250, "Directory successfully changed.")


async def change_up(session: Session, _: bytes) -> None:
    """CDUP."""
    await change_directory(session, b"..")


async def passive(session: Session, _: bytes) -> None:
    """PASV, on IPv4 only."""
    if session.is_ipv6:
        await session.reply(425, "You cannot use PASV on IPv6 connections. Use EPSV instead.")
        return
    await session.reply(227, b"Entering Passive Mode (" + passive_numbers(session) + b").")


def passive_numbers(session: Session) -> bytes:
    """Open the passive port and return `h1,h2,h3,h4,p1,p2` for it."""
    faults = session.server.faults
    port = _listen(session)
    number = port if faults.announced_port is None else faults.announced_port
    host = faults.announced_host or session.local[0]
    return f"{host.replace('.', ',')},{number >> 8},{number & 255}".encode()


async def extended_passive(session: Session, argument: bytes) -> None:
    """EPSV (RFC 2428)."""
    if argument.upper() == b"ALL":
        await session.reply(200, "EPSV ALL ok.")
        return
    await session.reply(
        229, b"Entering Extended Passive Mode (|||" + passive_number(session) + b"|)."
    )  # fmt: skip


def passive_number(session: Session) -> bytes:
    """Open the passive port and return its number in digits."""
    port = _listen(session)
    announced = session.server.faults.announced_port
    return str(port if announced is None else announced).encode()


def _listen(session: Session) -> int:
    session.drop_port()
    state = session.server.faults.passive_port.get(session.verb, "open")
    opened = PassivePort(session.local[0], state)
    session.port = opened
    return opened.number


async def active(session: Session, argument: bytes) -> None:
    """PORT."""
    try:
        numbers = [int(part) for part in argument.split(b",")]
        if len(numbers) != 6 or not all(0 <= number <= 255 for number in numbers):
            raise ValueError(argument)
    except ValueError:
        await session.reply(501, "Illegal PORT command.")
        return
    host = ".".join(str(number) for number in numbers[:4])
    _aim(session, host, numbers[4] << 8 | numbers[5])
    await session.reply(200, "PORT command successful. Consider using PASV.")


async def extended_active(session: Session, argument: bytes) -> None:
    """EPRT (RFC 2428)."""
    try:
        _, family, host, number, _ = argument.decode("ascii").split(chr(argument[0]))
        if ipaddress.ip_address(host).version != {"1": 4, "2": 6}[family]:
            raise ValueError(argument)
        _aim(session, host, int(number))
    except (ValueError, IndexError, KeyError):
        await session.reply(501, "Illegal EPRT command.")
        return
    await session.reply(200, "EPRT command successful. Consider using EPSV.")


def _aim(session: Session, host: str, number: int) -> None:
    session.drop_port()
    stranger = session.server.faults.stranger
    session.port = ActivePort(host, number, source=session.local[0], stranger=stranger)


async def list_unix(session: Session, argument: bytes) -> None:
    """LIST, as `ls -l` writes it."""
    if argument.startswith(b"-"):
        argument = argument.partition(b" ")[2]
    await _list(session, argument, lambda directory: list(unix_lines(directory)))


async def list_names(session: Session, argument: bytes) -> None:
    """NLST."""
    await _list(session, argument, lambda directory: list(directory.children))


async def list_facts(session: Session, argument: bytes) -> None:
    """MLSD (RFC 3659)."""
    await _list(session, argument, lambda directory: list(mlsd_lines(directory)))


async def _list(session: Session, argument: bytes, lines: Callable[[Directory], list[bytes]]) -> None:
    tree = session.server.tree
    try:
        found = tree.directory(tree.path(session.cwd, argument))
    except NoSuchPath:
        await session.reply(550, "No such directory.")
        return
    await send_payload(session, b"".join(line + b"\r\n" for line in lines(found)))


async def facts(session: Session, argument: bytes) -> None:
    """MLST (RFC 3659)."""
    tree = session.server.tree
    try:
        found = tree.get(tree.path(session.cwd, argument))
    except NoSuchPath:
        await session.reply(550, "No such file.")
        return
    await session.reply(250, b"Listing:", mlsx_facts(found) + b" " + argument, b"End")


async def retrieve(session: Session, argument: bytes) -> None:
    """RETR."""
    tree = session.server.tree
    start, session.restart = session.restart, 0
    try:
        found = tree.file(tree.path(session.cwd, argument))
    except NoSuchPath:
        session.drop_port()
        await session.reply(550, "Failed to open file.")
        return
    await send_payload(session, found.data[0 if session.server.faults.ignores_rest else start :])


async def store(session: Session, argument: bytes) -> None:
    """STOR."""
    start, session.restart = session.restart, 0
    await _store(session, argument, 0 if session.server.faults.ignores_rest else start)


async def append(session: Session, argument: bytes) -> None:
    """APPE."""
    await _store(session, argument, None)


async def _store(session: Session, argument: bytes, start: int | None) -> None:
    tree = session.server.tree
    path = tree.path(session.cwd, argument)
    try:
        tree.directory(path[:-1])
        before = tree.file(path).data if path[-1] in tree.directory(path[:-1]).children else b""
    except (NoSuchPath, IndexError):
        session.drop_port()
        await session.reply(553, "Could not create file.")
        return
    head = before if start is None else before[:start]
    await receive_payload(session, lambda data: tree.put(path, File(head + data)))


async def restart(session: Session, argument: bytes) -> None:
    """REST."""
    if not argument.isdigit():
        await session.reply(501, "REST needs a number.")
        return
    session.restart = int(argument)
    await session.reply(350, b"Restart position accepted (" + argument + b").")


async def size(session: Session, argument: bytes) -> None:
    """SIZE."""
    await _about_file(session, argument, lambda found: (213, str(found.size)))


async def modification_time(session: Session, argument: bytes) -> None:
    """MDTM."""
    await _about_file(session, argument, lambda found: (213, found.modified.strftime("%Y%m%d%H%M%S")))


async def _about_file(session: Session, argument: bytes, say: Callable[[File], tuple[int, str]]) -> None:
    tree = session.server.tree
    try:
        code, text = say(tree.file(tree.path(session.cwd, argument)))
    except NoSuchPath:
        code, text = 550, "Could not get file information."
    await session.reply(code, text)
