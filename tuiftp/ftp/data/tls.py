"""TLS on a data connection: the control connection's session resumed, and its certificate shown again.

The handshake is waited for behind the 1yz reply (before the transfer was even asked for, vsftpd deadlocks), in the
event loop: it is one round trip and a millisecond. Whoever opened the TCP connection, we are the TLS client
(RFC 4217 section 7).
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress

from tuiftp.errors import CertificateRefused, ConnectionLost, ProtocolViolation, TlsFailed
from tuiftp.ftp.data.connection import DataConnection, StepFailed, TransferCommand
from tuiftp.ftp.errors import refusal
from tuiftp.ftp.tls.handshake import begin_data
from tuiftp.ftp.tls.options import ControlTls, foreign_protocol, tls_reason, verification_words
from tuiftp.protocol.certificates import fingerprint_of, show_fingerprint
from tuiftp.protocol.modes import Verdict, judge_transfer, speaks_of_session_reuse
from tuiftp.protocol.replies import Reply
from tuiftp.wirelog.records import WireState


class _OtherPeer(Exception):
    """The other end is not the server of the control connection."""


async def secure_data(connection: DataConnection, transfer: TransferCommand) -> None:
    """Encrypts a data connection whose transfer has begun, where the control connection has agreed on it.

    Raises:
        StepFailed: The handshake failed. The connection is closed then.
    """
    client = connection.client
    control = client.tls
    if control is None or not client.protects_data:
        return
    try:
        await _shake_hands(connection, control)
    except _OtherPeer as error:
        _give_up(connection)
        why = f"{error}: somebody else has taken the data port, or answers in the server's place"
        raise StepFailed(Verdict.GIVE_UP, why, CertificateRefused(why, path=transfer.path)) from error
    except ssl.SSLCertVerificationError as error:
        _give_up(connection)
        why = f"the certificate on the data connection is not accepted: it {verification_words(error)}"
        raise StepFailed(Verdict.GIVE_UP, why, CertificateRefused(why, path=transfer.path)) from error
    except (OSError, ValueError) as error:
        # TimeoutError and ssl.SSLError are OSErrors; ValueError comes of a socket that is not connected any more.
        connection.count_packets()
        with suppress(OSError):
            connection.sock.close()
        reply = await _final_reply(connection)
        _give_up(connection)
        raise _judge(connection, transfer, reply, error) from error
    except BaseException:
        _give_up(connection)
        raise


def _give_up(connection: DataConnection) -> None:
    connection.count_packets()
    connection.sock.close()
    connection.exchange.abandon()
    connection.closed(0)


async def _shake_hands(connection: DataConnection, control: ControlTls) -> None:
    tls = connection.sock
    if not isinstance(tls, ssl.SSLSocket):
        tls = connection.sock = begin_data(tls, control)
    async with asyncio.timeout(connection.client.options.timeout):
        await _advance(connection, tls)
    fingerprint = fingerprint_of(tls.getpeercert(binary_form=True) or b"")
    if fingerprint != control.facts.certificate.fingerprint:
        raise _OtherPeer(
            "the data connection shows another certificate than the control connection: "
            f"{show_fingerprint(fingerprint)}"
        )
    foreign = foreign_protocol(tls)
    if foreign is not None:
        raise _OtherPeer(f"the data connection speaks {foreign}, not FTP")
    session = "session resumed" if tls.session_reused else "new session"
    version = (tls.version() or "TLS").replace("TLSv", "TLS ")
    connection.client.wire.secured(
        "the data connection is encrypted",
        f"{version}, {session}, the certificate of the control connection",
        WireState.DATA_SECURED,
    )


async def _advance(connection: DataConnection, tls: ssl.SSLSocket) -> None:
    """Does the handshake, waiting on the socket; ends when the server refuses the transfer after all."""
    loop, exchange = asyncio.get_running_loop(), connection.exchange
    while True:
        exchange.changed.clear()
        if exchange.final is not None and not exchange.final.is_completion:
            raise ConnectionAbortedError("the server has refused the transfer")
        try:
            tls.do_handshake()
            return
        except ssl.SSLWantReadError:
            loop.add_reader(tls.fileno(), exchange.changed.set)
        except ssl.SSLWantWriteError:
            loop.add_writer(tls.fileno(), exchange.changed.set)
        try:
            await exchange.changed.wait()
        finally:
            loop.remove_reader(tls.fileno())
            loop.remove_writer(tls.fileno())


async def _final_reply(connection: DataConnection) -> Reply | None:
    """The server's own words on why the handshake failed, if they come soon."""
    with suppress(TimeoutError, ConnectionLost, ProtocolViolation):
        async with asyncio.timeout(connection.client.options.drain_timeout):
            return await connection.exchange.wait_final()
    return None


def _judge(
    connection: DataConnection, transfer: TransferCommand, reply: Reply | None, error: Exception
) -> StepFailed:
    if reply is not None and (reply.is_refusal or reply.is_impossible_end):
        verdict = judge_transfer(reply.code, reply.text)
        why = f"TLS on the data connection failed: {transfer.verb}: {reply.code} {reply.text}"
        if speaks_of_session_reuse(reply.code, reply.text):
            why += " (the server wants the control connection's TLS session resumed)"
        return StepFailed(verdict, why, refusal(transfer.verb, reply, path=transfer.path))
    why = f"TLS on the data connection failed: {tls_reason(error)}"
    if connection.client.lost is not None:
        return StepFailed(Verdict.RECONNECT, why, connection.client.lost)
    return StepFailed(Verdict.NEXT_STEP, why, TlsFailed(why, path=transfer.path))
