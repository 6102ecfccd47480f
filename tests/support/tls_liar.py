"""A small FTP server with TLS that lies where a test wants it: about AUTH, PROT, its certificate, the end of data."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.support.certificates import Identity

LIMIT = 10.0
"""Seconds after which a thread of the server gives up on a client that has gone."""


@dataclass(slots=True)
class Lies:
    """What goes wrong; by default all is well."""

    auth: bytes = b"234 Proceed.\r\n"
    """The answer to AUTH TLS, and what somebody between puts behind it."""
    prot: bytes = b"200 Protected.\r\n"
    """The answer to PROT P."""
    data_identity: Identity | None = None
    """Another certificate on data connections."""
    refuses_data_tls: bool = False
    """Whether data connections end in the handshake."""
    data_refusal: bytes | None = None
    """What is said behind the 150, when the handshake of a data connection is over or failed."""
    ends_data_ragged: bool = False
    """Whether data connections end without close_notify."""
    keeps: int | None = None
    """How many bytes of a file are sent, as if somebody had cut it; the reply is 226 all the same."""
    stalls: bool = False
    """Whether a download stands still after its first bytes, until the client has gone."""
    size: bytes | None = None
    """The answer to SIZE, instead of the truth."""
    listing: bytes | None = None
    """What LIST sends, instead of the truth."""
    alpn: str | None = None
    """The protocol that it chooses by ALPN; none by default."""


@dataclass
class TlsLiar:
    """The server. `commands` has what clients said, `ends` how their uploads ended."""

    identity: Identity
    """Its certificate; a test may change it while it runs."""
    lies: Lies = field(default_factory=Lies)
    """What goes wrong."""
    files: dict[str, bytes] = field(default_factory=dict)
    """What it serves, by absolute path."""
    is_implicit: bool = False
    """Whether TLS begins with the first byte."""
    commands: list[str] = field(default_factory=list)
    """Command lines, in the order in which they came."""
    ends: list[str] = field(default_factory=list)
    """`proper` or `ragged`, for each upload."""
    stalled: threading.Event = field(default_factory=threading.Event)
    """Set when a download stands still."""
    host: str = "127.0.0.1"
    port: int = 0

    def __enter__(self) -> TlsLiar:
        self._listener = socket.create_server((self.host, 0))
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(LIMIT)

    def context(self, identity: Identity) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("DEFAULT@SECLEVEL=0")  # it shows weak certificates too, where a test makes one
        context.load_cert_chain(identity.path)
        if self.lies.alpn:
            context.set_alpn_protocols([self.lies.alpn, "ftp"])
        return context

    def _accept(self) -> None:
        while True:
            try:
                connected, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connected,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connected: socket.socket) -> None:
        connected.settimeout(LIMIT)
        with contextlib.suppress(OSError), contextlib.closing(_Talk(self, connected)) as talk:
            talk.run()


class _Talk:
    """One client."""

    def __init__(self, server: TlsLiar, connected: socket.socket) -> None:
        self._server = server
        self._lies = server.lies
        self._socket = connected
        self._context = server.context(server.identity)
        self._listener: socket.socket | None = None
        self._target: tuple[str, int] | None = None

    def close(self) -> None:
        self._socket.close()
        if self._listener is not None:
            self._listener.close()

    def run(self) -> None:
        if self._server.is_implicit:
            self._socket = self._context.wrap_socket(self._socket, server_side=True)
        self._say(b"220 Ready.\r\n")
        for line in self._lines():
            self._server.commands.append(line)
            verb, _, argument = line.partition(" ")
            handler = getattr(self, f"_{verb.lower()}", None)
            if handler is None:
                self._say(b"502 Unknown.\r\n")
            else:
                handler(argument)

    def _lines(self) -> Iterator[str]:
        buffer = b""
        while True:
            while b"\n" not in buffer:
                data = self._socket.recv(4096)
                if not data:
                    return
                buffer += data
            line, _, buffer = buffer.partition(b"\n")
            yield line.decode("latin-1").rstrip("\r")

    def _say(self, data: bytes) -> None:
        self._socket.sendall(data)

    def _auth(self, _: str) -> None:
        self._say(self._lies.auth)
        if self._lies.auth.startswith(b"234"):
            self._socket = self._context.wrap_socket(self._socket, server_side=True)

    def _user(self, _: str) -> None:
        self._say(b"331 Password?\r\n")

    def _pass(self, _: str) -> None:
        self._say(b"230 Logged in.\r\n")

    def _pbsz(self, _: str) -> None:
        self._say(b"200 Fine.\r\n")

    def _prot(self, _: str) -> None:
        self._say(self._lies.prot)

    def _pwd(self, _: str) -> None:
        self._say(b'257 "/"\r\n')

    def _type(self, _: str) -> None:
        self._say(b"200 Fine.\r\n")

    def _cwd(self, _: str) -> None:
        self._say(b"250 Fine.\r\n")

    def _size(self, path: str) -> None:
        self._say(self._lies.size or b"213 %d\r\n" % len(self._server.files[path]))

    def _pasv(self, _: str) -> None:
        self._listener = socket.create_server((self._server.host, 0))
        self._listener.settimeout(LIMIT)
        high, low = divmod(self._listener.getsockname()[1], 256)
        self._say(b"227 Entering Passive Mode (127,0,0,1,%d,%d).\r\n" % (high, low))

    def _port(self, argument: str) -> None:
        numbers = [int(number) for number in argument.split(",")]
        self._target = ("127.0.0.1", numbers[4] * 256 + numbers[5])
        self._say(b"200 Fine.\r\n")

    def _list(self, _: str) -> None:
        if self._lies.listing is not None:
            self._send(self._lies.listing)
            return
        names = (path[1:].encode() for path in self._server.files)
        self._send(b"".join(b"-rw-r--r-- 1 a a 5 Jan 01 2024 %s\r\n" % name for name in names))

    def _retr(self, path: str) -> None:
        self._send(self._server.files[path][: self._lies.keeps])

    def _stor(self, path: str) -> None:
        with self._data() as data:
            taken = b""
            if data is not None:
                taken, end = _receive(data)
                self._server.ends.append(end)
        self._server.files[path] = taken
        if data is not None:
            self._say(b"226 Stored.\r\n")

    def _send(self, payload: bytes) -> None:
        with self._data() as data:
            if data is None:
                return
            data.sendall(payload[: len(payload) // 2] if self._lies.stalls else payload)
            if self._lies.stalls:
                self._server.stalled.set()
                with contextlib.suppress(OSError):
                    data.recv(1)
                return
            if isinstance(data, ssl.SSLSocket) and not self._lies.ends_data_ragged:
                with contextlib.suppress(OSError):
                    data.unwrap()
        self._say(b"226 Sent.\r\n")

    @contextlib.contextmanager
    def _data(self) -> Iterator[socket.socket | None]:
        """The data connection, encrypted; None when the handshake failed, and that has been said."""
        raw = self._connect()
        raw.settimeout(LIMIT)
        self._say(b"150 Here it comes.\r\n")
        if self._lies.refuses_data_tls:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raw.close()
            self._say(self._lies.data_refusal or b"425 TLS failed.\r\n")
            yield None
            return
        with contextlib.closing(raw):
            try:
                data = self._encrypted(raw)
            except OSError:
                self._say(b"425 TLS failed.\r\n")
                yield None
                return
            with contextlib.closing(data):
                if self._lies.data_refusal is None:
                    yield data
                    return
            self._say(self._lies.data_refusal)
            yield None

    def _encrypted(self, raw: socket.socket) -> socket.socket:
        if not isinstance(self._socket, ssl.SSLSocket) or not self._lies.prot.startswith(b"200"):
            return raw
        other = self._lies.data_identity
        context = self._context if other is None else self._server.context(other)
        return context.wrap_socket(raw, server_side=True, suppress_ragged_eofs=False)

    def _connect(self) -> socket.socket:
        if self._target is not None:
            target, self._target = self._target, None
            return socket.create_connection(target, LIMIT)
        assert self._listener is not None
        connected, _ = self._listener.accept()
        self._listener.close()
        return connected


def _receive(data: socket.socket) -> tuple[bytes, str]:
    chunks: list[bytes] = []
    try:
        while chunk := data.recv(65536):
            chunks.append(chunk)
    except ssl.SSLEOFError:
        return b"".join(chunks), "ragged"
    if isinstance(data, ssl.SSLSocket):
        with contextlib.suppress(OSError):
            data.unwrap()
    return b"".join(chunks), "proper"
