"""The commands of the scripted server that change its tree, and the table of all commands."""

from __future__ import annotations

from tuiftp.demo.lab import verbs
from tuiftp.demo.lab.session import Session
from tuiftp.demo.lab.tree import Directory, NoSuchPath
from tuiftp.demo.lab.verbs import Handler


async def delete(session: Session, argument: bytes) -> None:
    """DELE."""
    tree = session.server.tree
    path = tree.path(session.cwd, argument)
    try:
        tree.file(path)
        tree.remove(path)
    except NoSuchPath:
        await session.reply(550, "Delete operation failed.")
        return
    await session.reply(250, "Delete operation successful.")


async def make_directory(session: Session, argument: bytes) -> None:
    """MKD."""
    tree = session.server.tree
    path = tree.path(session.cwd, argument)
    try:
        if path[-1] in tree.directory(path[:-1]).children:
            raise NoSuchPath(path)
        tree.put(path, Directory())
    except (NoSuchPath, IndexError):
        await session.reply(550, "Create directory operation failed.")
        return
    quoted = (b"/" + b"/".join(path)).replace(b'"', b'""')
    await session.reply(257, b'"' + quoted + b'" created.')


async def remove_directory(session: Session, argument: bytes) -> None:
    """RMD, of an empty directory."""
    tree = session.server.tree
    path = tree.path(session.cwd, argument)
    try:
        if tree.directory(path).children:
            raise NoSuchPath(path)
        tree.remove(path)
    except NoSuchPath:
        await session.reply(550, "Remove directory operation failed.")
        return
    await session.reply(250, "Remove directory operation successful.")


async def rename_from(session: Session, argument: bytes) -> None:
    """RNFR."""
    path = session.server.tree.path(session.cwd, argument)
    try:
        session.server.tree.get(path)
    except NoSuchPath:
        await session.reply(550, "RNFR command failed.")
        return
    session.rename_from = path
    await session.reply(350, "Ready for RNTO.")


async def rename_to(session: Session, argument: bytes) -> None:
    """RNTO."""
    tree = session.server.tree
    source, session.rename_from = session.rename_from, None
    if source is None:
        await session.reply(503, "RNFR required first.")
        return
    target = tree.path(session.cwd, argument)
    try:
        tree.directory(target[:-1])
        tree.put(target, tree.remove(source))
    except NoSuchPath:
        await session.reply(550, "Rename failed.")
        return
    await session.reply(250, "Rename successful.")


async def site(session: Session, argument: bytes) -> None:
    """SITE CHMOD."""
    tree = session.server.tree
    words = argument.split(b" ", 2)
    if words[0].upper() != b"CHMOD" or len(words) != 3:
        await session.reply(500, "Unknown SITE command.")
        return
    try:
        tree.get(tree.path(session.cwd, words[2])).mode = int(words[1], 8)
    except (NoSuchPath, ValueError):
        await session.reply(550, "SITE CHMOD command failed.")
        return
    await session.reply(200, "SITE CHMOD command ok.")


def says(code: int, text: str | bytes) -> Handler:
    """Return a handler that answers always the same."""

    async def handler(session: Session, _: bytes) -> None:
        await session.reply(code, text)

    return handler


def all_verbs() -> dict[str, Handler]:
    """Return a fresh table of every command that the server knows."""
    return {
        "USER": verbs.user, "PASS": verbs.password, "QUIT": verbs.quit_, "FEAT": verbs.features,
        "SYST": says(215, "UNIX Type: L8"), "OPTS": says(200, "Always in UTF8 mode."),
        "TYPE": says(200, "Switching mode."), "NOOP": says(200, "NOOP ok."),
        "ABOR": says(226, "No transfer to abort."), "AUTH": says(502, "AUTH is not implemented."),
        "PWD": verbs.print_directory, "CWD": verbs.change_directory, "CDUP": verbs.change_up,
        "PASV": verbs.passive, "EPSV": verbs.extended_passive,
        "PORT": verbs.active, "EPRT": verbs.extended_active,
        "LIST": verbs.list_unix, "NLST": verbs.list_names, "MLSD": verbs.list_facts, "MLST": verbs.facts,
        "RETR": verbs.retrieve, "STOR": verbs.store, "APPE": verbs.append, "REST": verbs.restart,
        "SIZE": verbs.size, "MDTM": verbs.modification_time,
        "DELE": delete, "MKD": make_directory, "RMD": remove_directory,
        "RNFR": rename_from, "RNTO": rename_to, "SITE": site,
    }  # fmt: skip
