"""FtpEndpoint: a server as a place with files, over one session."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import datetime
from typing import BinaryIO

from tuiftp.entries import Entry
from tuiftp.errors import (
    CommandRefused,
    ConnectionLost,
    FileRefused,
    LoginRefused,
    SizeMismatch,
    TransferInterrupted,
)
from tuiftp.files.batch_receiver import BatchReceiver
from tuiftp.files.endpoint import Capabilities, Checksum, Listing, LookedUp, Progress
from tuiftp.files.pipelining import FtpPipelining
from tuiftp.ftp.commands import file_commands
from tuiftp.ftp.commands.lookup import Lookup
from tuiftp.ftp.control.client import FtpClient
from tuiftp.ftp.data.connection import TransferCommand
from tuiftp.ftp.data.server_state import change_directory, change_type
from tuiftp.ftp.session import FtpSession
from tuiftp.ftp.transfer import in_memory, small_batch
from tuiftp.ftp.transfer.ascii_mover import receive_text, send_text
from tuiftp.ftp.transfer.byte_mover import receive_all, receive_file, send_file
from tuiftp.ftp.transfer.executor import with_own_descriptor
from tuiftp.ftp.transfer.listing import read_directory
from tuiftp.ftp.transfer.supervise import FinalReplyLost, carry, conclude
from tuiftp.protocol import paths
from tuiftp.protocol.listing import parse_mlst
from tuiftp.protocol.replies import Reply
from tuiftp.protocol.text import encode_wire

_NOT_UNDERSTOOD = frozenset({500, 501, 502, 503, 504})


class FtpEndpoint(FtpPipelining):
    """Implements `files.Transfers`, with fast paths. Methods may be called by several tasks; they take turns."""

    def __init__(self, session: FtpSession, *, is_whole: bool = False) -> None:
        """Builds an endpoint.

        Args:
            session: The control connection behind it.
            is_whole: Whether listings hold hidden files whatever the options say: who copies or deletes a tree
                must not leave anything out.
        """
        self.session = session
        """The control connection behind it."""
        self._is_whole = is_whole

    @property
    def label(self) -> str:
        """`ftp://user@host`."""
        return self.session.address.label

    @property
    def conn(self) -> int | None:
        """The number of the control connection in the protocol log; None while there is none."""
        client = self.session.client
        return None if client is None else client.wire.conn

    @property
    def capabilities(self) -> Capabilities:
        """What the server can do, as far as it is known."""
        features = self.session.features
        return Capabilities(
            can_chmod="SITE CHMOD" not in self.session.facts.refused,
            can_restart_uploads=features.rest_stream,
            has_checksums=file_commands.has_checksums(features),
        )

    # -- paths --------------------------------------------------------------------------------------------

    async def home(self) -> str:
        """The directory that the server put us in at login."""
        if self.session.facts.home is None:
            async with self.session.use():
                pass
        return self.session.facts.home or "/"

    def join(self, directory: str, name: str) -> str:
        """The path of `name` inside `directory`; refuses what is not one component."""
        return paths.join(directory, name)

    def parent(self, path: str) -> str:
        """The directory above."""
        return paths.parent(path)

    def name(self, path: str) -> str:
        """The last component."""
        return paths.name(path)

    def resolve(self, base: str, typed: str) -> str:
        """What a user means who types `typed` while in `base`."""
        return paths.resolve(base, typed, self.session.facts.home or "/")

    def display(self, path: str) -> str:
        """The path itself."""
        return path

    # -- looking ------------------------------------------------------------------------------------------

    async def list(self, path: str) -> Listing:
        """Reads a directory; once more on a new connection if this one had died."""
        lists_hidden = self._is_whole or self.session.options.lists_hidden
        if self._is_whole:
            self.hint_next()  # a tree is read: another directory, or a file of this one
        try:
            return await read_directory(self.session, path, lists_hidden=lists_hidden)
        except ConnectionLost:
            return await read_directory(self.session, path, lists_hidden=lists_hidden)

    def whole(self) -> FtpEndpoint:
        """The same server with hidden files in every listing."""
        return FtpEndpoint(self.session, is_whole=True)

    async def entry(self, path: str) -> Entry | None:
        """What is at `path`: by MLST, or by the listing of its parent."""
        is_answered, found = await self._entry_by_facts(path)
        if is_answered:
            return found
        wanted = paths.name(path)
        try:
            listing = await self.list(paths.parent(path))
        except FileRefused:
            return None
        return next((entry for entry in listing.entries if entry.name == wanted), None)

    async def look_up(self, path: str) -> LookedUp:
        """By MLST, or by SIZE and CWD. See `files.Transfers`."""
        return await Lookup(self.session, self._entry_by_facts, self.list).run(path)

    async def size_as_file(self, path: str) -> int | None:
        """By SIZE. See `files.Transfers`."""
        return await Lookup(self.session, self._entry_by_facts, self.list).size_as_file(path)

    async def _entry_by_facts(self, path: str) -> tuple[bool, Entry | None]:
        """By MLST: whether the server has answered it, and what is there."""
        if not self.session.features.mlsd or "MLST" in self.session.facts.refused:
            return False, None
        reply = await self.session.run(lambda client: client.ask("MLST", path))
        if reply.is_completion and len(reply.lines) >= 3:
            return True, self._entry_from_facts(reply.lines[1], paths.name(path))
        if reply.code in _NOT_UNDERSTOOD:
            self.session.facts.refused.add("MLST")
        return reply.code == 550, None

    def _entry_from_facts(self, line: str, name: str) -> Entry | None:
        """Reads the facts of an MLST reply. Its name may be a whole path: the name is what was asked for."""
        encoding = self.session.options.encoding
        found = parse_mlst(encode_wire(line, encoding), encoding=encoding)
        return replace(found, name=name) if found else None

    async def is_directory(self, path: str) -> bool:
        """By CWD, which a listing would begin with anyway."""

        async def work(client: FtpClient) -> bool:
            try:
                await change_directory(client, path)
            except LoginRefused:
                raise
            except CommandRefused:
                return False
            return True

        return await self.session.run(work)

    async def size(self, path: str) -> int | None:
        """The size in bytes by SIZE, or by the listing where SIZE is not understood."""
        if "SIZE" not in self.session.facts.refused:
            reply = await self.session.run(lambda client: self._ask_size(client, path))
            if (size := file_commands.read_size(self.session, reply)) is not None:
                return size
        entry = await self.entry(path)
        return entry.size if entry is not None else None

    @staticmethod
    async def _ask_size(client: FtpClient, path: str) -> Reply:
        # In TYPE A servers refuse it (ProFTPD, pyftpdlib), or count converted bytes.
        await change_type(client, "I")
        return await client.ask("SIZE", path)

    async def checksum(self, path: str, *, size: int | None = None) -> Checksum | None:
        """By HASH, XSHA256 and the like. See `files.Transfers`."""
        return await file_commands.checksum(self.session, path, size=size)

    async def dated(self, path: str, entry: Entry) -> Entry:
        """The entry with its time in UTC. See `files.Transfers`."""
        return await file_commands.dated(self.session, path, entry)

    async def read(self, path: str, *, offset: int = 0, limit: int) -> bytes:
        """Reads a window of a file for the viewer; ends the transfer early when the window is full."""
        progress = Progress()
        command = TransferCommand("RETR", path, offset, path)
        async with self.session.transfer(command) as connection:
            data, _ = await carry(
                connection,
                lambda sock: receive_all(sock, limit, progress),
                verb="RETR", path=path, progress=progress, is_whole=False,
            )  # fmt: skip
        return data

    async def free_space(self, path: str) -> int | None:
        """FTP has no way to ask."""
        return None

    # -- changing -----------------------------------------------------------------------------------------

    async def make_directory(self, path: str) -> None:
        """MKD."""
        await self._change("MKD", path)

    async def remove_file(self, path: str) -> None:
        """DELE; a link is removed, not what it points to."""
        await self._change("DELE", path)

    async def remove_directory(self, path: str) -> None:
        """RMD; the directory must be empty."""
        await self._change("RMD", path)

    async def rename(self, source: str, target: str) -> None:
        """RNFR and RNTO."""

        async def work(client: FtpClient) -> None:
            client.cwd = None
            await client.must("RNFR", source, path=source)
            await client.must("RNTO", target, path=target)

        await self.session.run(work, is_repeatable=False)

    async def chmod(self, path: str, mode: int) -> None:
        """SITE CHMOD."""
        argument = f"CHMOD {mode:03o} {path}"
        try:
            await self.session.run(
                lambda client: client.must("SITE", argument, path=path), is_repeatable=True
            )
        except CommandRefused as error:
            if error.code in _NOT_UNDERSTOOD:
                self.session.facts.refused.add("SITE CHMOD")
            raise

    async def set_attributes(
        self, path: str, *, modified: datetime | None = None, mode: int | None = None
    ) -> bool:
        """By MFMT, MDTM or SITE UTIME, and SITE CHMOD. See `files.Transfers`."""
        return await file_commands.set_attributes(self.session, path, modified=modified, mode=mode)

    async def _change(self, verb: str, path: str) -> None:
        # Not repeated after a lost connection: the first may have worked, and the second would then say 550.
        async def work(client: FtpClient) -> None:
            client.cwd = None
            await client.must(verb, path, path=path)

        await self.session.run(work, is_repeatable=False)

    # -- transfers ----------------------------------------------------------------------------------------

    async def download(
        self, path: str, file: BinaryIO, *, offset: int = 0, length: int | None = None,
        lead: bytearray | None = None, progress: Progress, is_text: bool = False,
    ) -> int:  # fmt: skip
        """RETR into an open file, from `offset` on. See `files.Transfers`."""

        def move(sock: socket.socket, fd: int) -> bool:
            if is_text:
                receive_text(sock, fd, progress)
                return False
            return receive_file(sock, fd, offset, progress, length=length, lead=lead)

        command = TransferCommand("RETR", path, offset, path, is_text=is_text)
        try:
            async with self.session.transfer(command) as connection:
                is_full = await carry(
                    connection, with_own_descriptor(file, move), verb="RETR", path=path, progress=progress,
                    is_whole=length is None,
                )  # fmt: skip
                if length is not None and not is_full:
                    await conclude(connection, "RETR", path)  # it says more than "too few bytes"
        except FinalReplyLost as lost:
            await self._decide_by_size(path, None if is_text else offset + progress.transferred, lost)
        else:
            if length is None:
                expected = None if is_text else offset + progress.transferred
                await self._decide_if_ragged(path, expected, progress)
        return progress.transferred

    async def upload(
        self, file: BinaryIO, path: str, *, offset: int = 0, append: bool = False, progress: Progress,
        is_text: bool = False,
    ) -> int:  # fmt: skip
        """STOR (after REST, for an offset) or APPE from an open file. See `files.Transfers`."""

        def move(sock: socket.socket, fd: int) -> None:
            if is_text:
                send_text(sock, fd, progress)
            else:
                send_file(sock, fd, offset, progress)

        verb = "APPE" if append else "STOR"
        command = TransferCommand(verb, path, 0 if append else offset, path, is_text=is_text)
        try:
            async with self.session.transfer(command) as connection:
                await carry(
                    connection, with_own_descriptor(file, move), verb=verb, path=path, progress=progress
                )
        except FinalReplyLost as lost:
            await self._decide_by_size(path, None if is_text else offset + progress.transferred, lost)
        return progress.transferred

    def hint_next(self, path: str | None = None, *, size: int | None = None, more: bool = True) -> None:
        """Says what will be fetched next, so that its commands can be sent ahead. See `files.pipelining`."""
        self.session.more_follows = more
        self.session.following = TransferCommand("RETR", path, 0, path, size) if path and more else None

    async def fetch(
        self, path: str, *, size: int | None = None, dates: Entry | None = None, progress: Progress
    ) -> bytes:
        """RETR of a small file into memory, without a thread. See `files.pipelining`."""
        asks_time = dates is not None and self.time_now(dates) is None and self.may_ask_time
        command = TransferCommand("RETR", path, 0, path, size, asks_time=asks_time)
        try:
            async with self.session.transfer(command) as connection:
                data = await in_memory.fetch(connection, path=path, progress=progress)
                if (timing := connection.timing) is not None:
                    self.session.time_told = (path, await connection.client.answer(timing))
        except FinalReplyLost as lost:
            await self._decide_by_size(path, progress.transferred, lost)
            return lost.data
        if size != len(data):
            await self._decide_if_ragged(path, len(data), progress)
        return data

    @property
    def largest_in_memory(self) -> int:
        """Bytes up to which a file goes through memory."""
        return in_memory.SMALL

    @property
    def largest_in_batch(self) -> int:
        """The largest file (bytes) that `fetch_batch` takes now; 0: it takes none."""
        return small_batch.LARGEST if small_batch.is_open(self.session) else 0

    async def fetch_batch(self, receiver: BatchReceiver) -> None:
        """RETR of small files one after the other, in a thread. See `files.pipelining`."""
        await small_batch.fetch_batch(self.session, receiver)

    def time_now(self, entry: Entry) -> datetime | None:
        """The entry's time in UTC without asking for it. See `files.pipelining`."""
        return file_commands.time_now(self.session, entry)

    @property
    def may_ask_time(self) -> bool:
        """Whether the server may know MDTM."""
        return file_commands.may_ask_time(self.session)

    async def store(
        self,
        data: bytes,
        path: str,
        *,
        modified: datetime | None = None,
        mode: int | None = None,
        progress: Progress,
    ) -> int | None:
        """STOR of a small file from memory, without a thread. See `files.pipelining`."""
        was_sent = False
        try:
            was_sent, size = await in_memory.store(
                self.session, data, path, modified=modified, mode=mode, progress=progress
            )
        except FinalReplyLost as lost:
            await self._decide_by_size(path, progress.transferred, lost)
            size = progress.transferred
        if size is None:
            size = await self.size(path)
        if not was_sent and (modified is not None or mode is not None):
            await self.set_attributes(path, modified=modified, mode=mode)
        return size

    async def _decide_if_ragged(self, path: str, expected: int | None, progress: Progress) -> None:
        """A download over TLS that ended without close_notify is whole only if the server's size says so too."""
        if not progress.is_ragged:
            return
        size = None if expected is None else await self.size(path)
        progress.is_unverified = size is None
        if size is not None and size != expected:
            raise SizeMismatch(
                f"{path}: the data connection ended without close_notify: {expected:,} bytes here, {size:,} there",
                path=path, hint="it may have been cut on the way; retry goes on from here",
            )  # fmt: skip

    async def _decide_by_size(self, path: str, expected: int | None, lost: FinalReplyLost) -> None:
        """All data went over and the last word did not come: the size on a new connection decides."""
        if expected is None:
            raise TransferInterrupted(f"{path}: {lost.error.message}; text has no size to compare", path=path)
        try:
            size = await self.size(path)
        except ConnectionLost as error:
            raise TransferInterrupted(f"{path}: {lost.error.message}", path=path) from error
        if size is None:
            raise TransferInterrupted(f"{path}: {lost.error.message}; the size cannot be asked", path=path)
        if size != expected:
            raise SizeMismatch(
                f"{path}: {lost.error.message}; {expected:,} bytes here, {size:,} there", path=path
            )
        if self.session.client is not None:
            self.session.client.wire.status(f"{path} is complete: {size:,} bytes, though no final reply came")
