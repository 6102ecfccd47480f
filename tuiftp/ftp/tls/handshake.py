"""TLS handshakes: upgrade of an open control connection, and on a data connection.

Both refuse a peer that is not the expected one before a byte of ours goes to it.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from typing import Any

import aioftp

from tuiftp.errors import ProtocolViolation, TlsFailed
from tuiftp.ftp.tls.options import (
    ControlTls,
    Expectation,
    foreign_protocol,
    tls_reason,
    verification_detail,
    verification_reason,
)
from tuiftp.protocol.certificates import Certificate, CertificateReason

_NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "PACKET_LENGTH_TOO_LONG"})


class CertificateUnverified(Exception):
    """The server's certificate could not be verified. Nothing was sent to it since."""

    def __init__(
        self, reason: CertificateReason, certificate: Certificate | None = None, *, detail: str = ""
    ) -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason.value)
        self.reason = reason
        """What is wrong with it."""
        self.detail = detail
        """OpenSSL's own words, where the reason does not tell all."""
        self.certificate = certificate
        """The certificate, where the handshake went far enough to see it."""


async def encrypt_control(
    stream: aioftp.StreamIO, unread: bytes, expectation: Expectation, limit: float
) -> ControlTls:
    """Encrypts a control connection: from now on `stream` has a fresh reader and another writer.

    Args:
        stream: The connection; its transport must not have been read from since the last reply.
        unread: What has been read and was not yet looked at.
        expectation: Who the server has to be.
        limit: Seconds for the handshake.

    Raises:
        CertificateUnverified: It is not who it should be.
        ProtocolViolation: Something came in clear that might be taken for the server's later.
        TlsFailed: The handshake failed otherwise.
    """
    plain: Any = stream.writer
    plain.transport.pause_reading()
    stream.reader.feed_eof()
    # Whoever stands between could put replies here, to be believed after the handshake (CVE-2021-22947).
    if unread + await stream.reader.read():
        raise ProtocolViolation(
            "something came in clear where only TLS may come: it was put in on the way, or this is no TLS port"
        )
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(loop=loop)
    protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
    try:
        transport = await loop.start_tls(
            plain.transport, protocol, expectation.context,
            server_hostname=expectation.hostname, ssl_handshake_timeout=limit,
        )  # fmt: skip
    except ssl.SSLCertVerificationError as error:
        raise CertificateUnverified(verification_reason(error), detail=verification_detail(error)) from error
    except (OSError, ssl.CertificateError) as error:
        raise _failed(error, limit) from error
    if transport is None:
        raise TlsFailed("the server ended the connection during the TLS handshake")
    protocol.connection_made(transport)
    stream.reader, stream.writer = reader, _Writer(transport, protocol, reader, loop, plain)
    tls: ssl.SSLObject = transport.get_extra_info("ssl_object")
    control = ControlTls(expectation, tls)
    _check_peer(tls, expectation, control.facts.certificate)
    return control


class _Writer(asyncio.StreamWriter):
    """Keeps the writer of the plain connection: when that is collected, it closes the transport below."""

    def __init__(
        self,
        transport: asyncio.WriteTransport,
        protocol: asyncio.StreamReaderProtocol,
        reader: asyncio.StreamReader,
        loop: asyncio.AbstractEventLoop,
        plain: asyncio.StreamWriter,
    ) -> None:
        super().__init__(transport, protocol, reader, loop)
        self._plain = plain


def _failed(error: OSError | ssl.CertificateError, limit: float) -> TlsFailed:
    reason = getattr(error, "reason", None)
    if reason in _NOT_TLS:
        return TlsFailed(
            "what the server answers is not TLS", hint="is this the port for explicit TLS, or for plain FTP?"
        )
    if isinstance(error, ConnectionAbortedError):
        return TlsFailed(f"the TLS handshake was not over within {limit:g} s")
    if isinstance(error, ConnectionError) or reason == "UNEXPECTED_EOF_WHILE_READING":
        return TlsFailed("the server ended the connection during the TLS handshake")
    hint = None
    if reason in ("UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "NO_PROTOCOLS_AVAILABLE"):
        hint = "the server may speak only versions of TLS that are older than the settings allow"
    return TlsFailed(f"the TLS handshake failed: {tls_reason(error)}", hint=hint)


def begin_data(sock: socket.socket, control: ControlTls) -> ssl.SSLSocket:
    """Begins the handshake on a data connection: our hello goes out, the control connection's session is offered.

    Raises:
        OSError, ValueError: The connection does not stand any more. It is closed then.
    """
    expectation = control.expectation
    # An end without close_notify has to be seen: anybody may have cut the connection.
    tls = expectation.context.wrap_socket(
        sock, server_hostname=expectation.hostname, session=control.session,
        do_handshake_on_connect=False, suppress_ragged_eofs=False,
    )  # fmt: skip
    with contextlib.suppress(OSError):  # also "not yet": whoever goes on with it meets the error again
        tls.do_handshake()
    return tls


def _check_peer(tls: ssl.SSLObject, expectation: Expectation, certificate: Certificate) -> None:
    foreign = foreign_protocol(tls)
    if foreign is not None:
        raise TlsFailed(f"the server speaks {foreign}, not FTP")
    wanted = expectation.fingerprint
    if wanted is not None and certificate.fingerprint != wanted:
        raise CertificateUnverified(CertificateReason.CHANGED, certificate)
