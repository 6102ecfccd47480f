"""Secures a control connection: AUTH TLS, certificate check, trust prompt, PBSZ and PROT P."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial

from tuiftp.choices import TlsPolicy
from tuiftp.errors import CertificateRefused, TlsFailed
from tuiftp.ftp.control.client import FtpClient
from tuiftp.ftp.options import Credentials, SiteAddress
from tuiftp.ftp.tls.handshake import CertificateUnverified
from tuiftp.ftp.tls.options import Expectation, TlsOptions, make_context
from tuiftp.ftp.tls.trust import (
    CertificateProblem,
    HeadlessTrust,
    PlainTextProblem,
    TrustAnswer,
    TrustDecider,
    TrustStore,
    refusal_words,
)
from tuiftp.protocol.certificates import Certificate, CertificateReason, matches_host
from tuiftp.protocol.replies import Reply

AUTH_ACCEPTED = frozenset({234, 334})
"""RFC 4217 says 234; some old servers answer as RFC 2228 has it for other mechanisms."""
_TRIES = 3
_NOBODY = Credentials()
_BY_WEIGHT = tuple(CertificateReason)
_OF_THE_ISSUER = {
    CertificateReason.EXPIRED: CertificateReason.ISSUER_EXPIRED,
    CertificateReason.NOT_YET_VALID: CertificateReason.ISSUER_NOT_YET_VALID,
}


class TlsGuard:
    """Certificate trust for a site: the user is asked once, however many sessions wait."""

    def __init__(
        self, address: SiteAddress, trust: TrustStore | None = None, decider: TrustDecider | None = None
    ) -> None:
        self.address = address
        """Where the site is."""
        self.trust = trust if trust is not None else TrustStore()
        """What is trusted."""
        self._decider = decider if decider is not None else HeadlessTrust()
        self._server = f"{address.host}:{address.port}"
        self._once: str | None = None
        self._asking = asyncio.Lock()
        self.answered = 0
        """How often a person has answered."""
        self._refused: str | None = None
        self._contexts: dict[tuple[TlsOptions, bool], ssl.SSLContext] = {}
        self._plain_allowed = False

    def expectation(self, options: TlsOptions, *, reads_only: bool = False) -> Expectation:
        """How the server has to prove who it is.

        Raises:
            ConfigurationError: A file of the options cannot be used.
        """
        pinned = None if reads_only else self._pinned(options)
        verifies = pinned is None and not reads_only
        key = (options, verifies)
        if key not in self._contexts:
            self._contexts[key] = make_context(options, verifies=verifies)
        return Expectation(self._contexts[key], self.address.host, pinned)

    def _pinned(self, options: TlsOptions) -> str | None:
        return options.fingerprint or self._once or self.trust.fingerprint(self._server)

    async def resolve(
        self, failure: CertificateUnverified, options: TlsOptions, certificate: Certificate, *, since: int
    ) -> None:
        """Asks what to do with a certificate. Returns when the next try will go by the answer.

        Args:
            failure: What OpenSSL, or the comparison, said.
            options: The rules of the site.
            certificate: What the server showed.
            since: `answered` as it was before the connection was made: what was answered since then holds.

        Raises:
            CertificateRefused: The certificate is not to be trusted.
        """
        async with self._asking:
            known = self._pinned(options)
            if known == certificate.fingerprint:
                return
            problem = CertificateProblem(
                self.address.host, self.address.port, certificate,
                self._reasons(failure, certificate), known, failure.detail,
            )  # fmt: skip
            if options.fingerprint:
                raise CertificateRefused(
                    refusal_words(problem, known_is="wanted"), hint="nothing was sent to the server"
                )
            answer = TrustAnswer.REFUSE
            if self.answered == since or self._refused != certificate.fingerprint:
                answer = await self._decider.resolve_certificate(problem)
                self._take_answer(answer, certificate.fingerprint)
        if answer is TrustAnswer.REFUSE:
            raise CertificateRefused(
                refusal_words(problem),
                hint="trust it only if the fingerprint is the one that the server's owner tells you",
            )

    def _take_answer(self, answer: TrustAnswer, fingerprint: str) -> None:
        self.answered += 1
        self._refused = fingerprint if answer is TrustAnswer.REFUSE else None
        if answer is TrustAnswer.ONCE:
            self._once = fingerprint
        elif answer is TrustAnswer.ALWAYS:
            self._once = None
            self.trust.trust(self._server, fingerprint)

    def _reasons(
        self, failure: CertificateUnverified, certificate: Certificate
    ) -> tuple[CertificateReason, ...]:
        """What OpenSSL said, which is the first fault only, and what else can be seen."""
        found = {_whose(failure.reason, certificate), *_date_faults(certificate)}
        if certificate.not_after is not None and not matches_host(certificate, self.address.host):
            found.add(CertificateReason.WRONG_NAME)
        if certificate.is_self_signed and failure.reason is not CertificateReason.WRONG_NAME:
            found.discard(CertificateReason.UNKNOWN_ISSUER)
            found.add(CertificateReason.SELF_SIGNED)
        return tuple(reason for reason in _BY_WEIGHT if reason in found)

    async def allow_plain(self, client: FtpClient, reply: Reply, login: Credentials) -> None:
        """Falls back to plain text where the site allows it; asks the user if the server had TLS before.

        Raises:
            TlsFailed: The site does not allow it, or the person does not.
        """
        said = f"{reply.code} {reply.text}"
        if client.options.tls.policy is TlsPolicy.REQUIRED:
            raise TlsFailed(
                f"the server refuses to encrypt the connection: AUTH TLS: {said}",
                hint="no password was sent; without TLS everybody on the way can read it",
            )
        await self.allow_password(login, said)
        client.wire.finding(
            f"AUTH TLS: {said}: names, passwords and files can be read by everybody on the way",
            title="The connection is not encrypted", code="S8",
            advice="Ask the server's owner for TLS, or use an account whose password is used nowhere else.",
        )  # fmt: skip

    async def allow_password(self, login: Credentials, said: str = "") -> None:
        """Asks a person before a password goes in clear to a server that had TLS before.

        Args:
            login: Who will log in; without a secret nobody is asked.
            said: What the server answered to AUTH TLS, if it was asked.

        Raises:
            TlsFailed: It is not to go.
        """
        is_lost = self.trust.is_memory_lost and not self.trust.had_tls(self._server)
        if not login.has_secret or not (is_lost or self.trust.had_tls(self._server)):
            return
        problem = PlainTextProblem(self.address.host, self.address.port, said, is_lost)
        async with self._asking:
            if not self._plain_allowed and not await self._decider.allow_plain(problem):
                raise TlsFailed(problem.sentence, hint="no password was sent")
            self._plain_allowed = True

    def note_tls(self) -> None:
        """Remembers that this server speaks TLS."""
        self.trust.note_tls(self._server)


def _date_faults(certificate: Certificate) -> Iterator[CertificateReason]:
    now = datetime.now(UTC)
    if certificate.not_after is not None and certificate.not_after < now:
        yield CertificateReason.EXPIRED
    if certificate.not_before is not None and certificate.not_before > now:
        yield CertificateReason.NOT_YET_VALID


def _whose(reason: CertificateReason, certificate: Certificate) -> CertificateReason:
    """The reason, with a date out of range put down to the authority where the certificate itself is in time."""
    if certificate.not_after is None or reason in _date_faults(certificate):
        return reason
    return _OF_THE_ISSUER.get(reason, reason)


async def reach(
    make_client: Callable[[], FtpClient], guard: TlsGuard, login: Credentials
) -> tuple[FtpClient, Reply]:
    """Connects, encrypted as the site wants it; again after a person has decided about a certificate.

    Args:
        make_client: Makes a client that is not connected yet. Who calls closes it when this fails.
        guard: Decides.
        login: Who will log in: a password goes in clear only where it may.

    Returns:
        The client, and the greeting. Nothing was logged in.

    Raises:
        ConnectionFailed, ProtocolViolation: As `FtpClient.connect`.
        CertificateRefused, TlsFailed: The server cannot be trusted, or not be encrypted with.
    """
    for _ in range(_TRIES):
        client = make_client()
        options, since = client.options.tls, guard.answered
        try:
            if options.ca_file or options.client_certificate:
                guard.expectation(options)  # a file that cannot be used is told before anything is sent
            return client, await _greet(client, guard, partial(guard.expectation, options), login)
        except CertificateUnverified as failure:
            _drop(client, f"the certificate {failure}")
            certificate = failure.certificate or await _read_certificate(make_client, guard)
            await guard.resolve(failure, options, certificate, since=since)
    raise TlsFailed("the server shows another certificate with each connection")


async def _greet(
    client: FtpClient, guard: TlsGuard, expect: Callable[[], Expectation], login: Credentials
) -> Reply:
    # Loading all authorities of the system takes long: only once the server is known to speak TLS.
    policy, address = client.options.tls.policy, guard.address
    is_implicit = policy is TlsPolicy.IMPLICIT
    if policy is TlsPolicy.OFF and not client.options.tls.is_plain_meant:
        await guard.allow_password(login)  # before there is a connection that would wait for the answer
    greeting: Reply = await client.connect(address.host, address.port, expect() if is_implicit else None)
    if policy in (TlsPolicy.IF_OFFERED, TlsPolicy.REQUIRED):
        reply = await client.ask("AUTH", "TLS")
        if reply.code in AUTH_ACCEPTED:
            await client.encrypt(expect())
        else:
            await guard.allow_plain(client, reply, login)
    if client.tls is not None:
        guard.note_tls()
    return greeting


async def _read_certificate(make_client: Callable[[], FtpClient], guard: TlsGuard) -> Certificate:
    """Connects once more, only to read the certificate that could not be verified."""
    client = make_client()
    try:
        await _greet(client, guard, partial(guard.expectation, client.options.tls, reads_only=True), _NOBODY)
        if client.tls is None:
            raise TlsFailed("the server's certificate cannot be read: it does not speak TLS any more")
        return client.tls.facts.certificate
    finally:
        _drop(client, "only its certificate was read")


def _drop(client: FtpClient, why: str) -> None:
    client.on_lost = lambda error: None
    client.shut(why)


async def protect_data(client: FtpClient) -> None:
    """PBSZ 0 and PROT P, once logged in: data connections are encrypted as well.

    Raises:
        TlsFailed: The server refuses, and the site wants TLS.
    """
    if client.tls is None:
        return
    policy = client.options.tls.policy
    if client.pipelines_ok:
        client.send("PBSZ", "0")
    else:
        await client.ask("PBSZ", "0")
    reply = await client.ask("PROT", "P")
    if client.lost is not None:
        raise client.lost
    # With implicit TLS data connections are encrypted whatever is said; some servers then do not know PROT.
    client.protects_data = reply.is_completion or policy is TlsPolicy.IMPLICIT
    if client.protects_data:
        return
    said = f"PROT P: {reply.code} {reply.text}"
    if policy is TlsPolicy.REQUIRED:
        raise TlsFailed(
            f"the server refuses to encrypt data connections: {said}", hint="no file was sent or asked for"
        )
    client.wire.finding(
        f"{said}: files and listings go over the wire in clear",
        title="Data connections are not encrypted", code="S10",
        advice="Require TLS in the site's settings to be stopped here.",
    )  # fmt: skip
