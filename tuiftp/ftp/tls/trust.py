"""Trust store: accepted certificates, servers known to speak TLS, and the callback that asks the user.

Nothing here touches a file: who composes the program loads and saves the plain dictionary.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from tuiftp.protocol.certificates import Certificate, CertificateReason, parse_fingerprint, show_fingerprint
from tuiftp.protocol.text import shown


class TrustAnswer(StrEnum):
    """What a person says to a certificate that cannot be verified."""

    ONCE = "once"
    """For this run of the program."""
    ALWAYS = "always"
    """For this host and port, from now on."""
    REFUSE = "refuse"
    """Not at all: the connection is not made."""


@dataclass(frozen=True, slots=True)
class CertificateProblem:
    """A certificate that cannot be verified, for a person to judge. Nothing was sent to the server yet."""

    host: str
    """The server, as it was asked for."""
    port: int
    """Its control port."""
    certificate: Certificate
    """What the certificate says of itself."""
    reasons: tuple[CertificateReason, ...]
    """What is wrong with it, the gravest first; never empty."""
    known: str | None = None
    """The fingerprint that was trusted before, when the certificate has changed."""
    detail: str = ""
    """OpenSSL's own words, where a reason does not tell all."""

    @property
    def has_changed(self) -> bool:
        """Whether this server showed another certificate before: a possible man in the middle."""
        return CertificateReason.CHANGED in self.reasons

    @property
    def sentence(self) -> str:
        """What is wrong, in one sentence."""
        faults = ", and it ".join(self._fault(reason) for reason in self.reasons)
        return f"the certificate of {shown(self.host)}:{self.port} {faults}"

    def _fault(self, reason: CertificateReason) -> str:
        certificate = self.certificate
        if reason is CertificateReason.EXPIRED and certificate.not_after:
            return f"expired on {certificate.not_after:%Y-%m-%d}"
        if reason is CertificateReason.NOT_YET_VALID and certificate.not_before:
            return f"is valid only from {certificate.not_before:%Y-%m-%d} on"
        if reason is CertificateReason.WRONG_NAME:
            names = ", ".join(shown(name) for name in certificate.names[:5]) or "no name at all"
            return f"is for {names}"
        if reason is CertificateReason.UNKNOWN_ISSUER and certificate.issuer:
            return f"is signed by {shown(certificate.issuer)}, which this system does not know"
        if reason in (CertificateReason.MALFORMED, CertificateReason.OTHER) and self.detail:
            return f"{reason}: {self.detail}"
        return reason.value


@dataclass(frozen=True, slots=True)
class PlainTextProblem:
    """A password is about to go in clear to a server that once spoke TLS, or may have: the memory of it is lost."""

    host: str
    """The server."""
    port: int
    """Its control port."""
    answer: str = ""
    """What it said to AUTH TLS; empty: it was not asked, because the site is to be reached without."""
    is_memory_lost: bool = False
    """Whether nobody knows if it spoke TLS: what was remembered could not be read."""

    @property
    def sentence(self) -> str:
        """What has happened, in one sentence."""
        server = f"{shown(self.host)}:{self.port}"
        if self.is_memory_lost:
            said = f"whether {server} spoke TLS before is not known, as what was remembered could not be read"
        elif self.answer:
            said = f"{server} spoke TLS before and now refuses it ({shown(self.answer)})"
        else:
            said = f"{server} spoke TLS before, and this connection is not encrypted"
        return f"{said}: a password would be readable for everybody on the way"


class TrustDecider(Protocol):
    """Answers the engine's questions about trust: a dialog, a flag of the command line, or a test."""

    async def resolve_certificate(self, problem: CertificateProblem) -> TrustAnswer:
        """What to do with a certificate that cannot be verified. No password has been sent."""
        ...

    async def allow_plain(self, problem: PlainTextProblem) -> bool:
        """Whether to send a password without TLS to a server that had it before.

        Raises:
            TlsFailed: No, and there is more to say about it.
        """
        ...


class HeadlessTrust:
    """Asks nobody: trusts one certificate by its fingerprint, if it was given one, and refuses all others."""

    def __init__(self, fingerprint: str | None = None) -> None:
        self._fingerprint = parse_fingerprint(fingerprint) if fingerprint else None

    async def resolve_certificate(self, problem: CertificateProblem) -> TrustAnswer:
        """Trusts exactly the certificate whose fingerprint it knows."""
        is_known = problem.certificate.fingerprint == self._fingerprint
        return TrustAnswer.ONCE if is_known else TrustAnswer.REFUSE

    async def allow_plain(self, problem: PlainTextProblem) -> bool:
        """Never."""
        return False


class TrustStore:
    """Which certificate is trusted for which `host:port`, and which servers are known to speak TLS."""

    def __init__(self) -> None:
        self._fingerprints: dict[str, str] = {}
        self._had_tls: set[str] = set()
        self.is_memory_lost = False
        """Whether what was remembered could not be read: any server may have had TLS, and counts as one that had."""
        self.on_change: Callable[[], None] | None = None
        """Called when something that should be saved has changed."""

    def fingerprint(self, server: str) -> str | None:
        """The certificate that a person trusts for `server` (`host:port`), if any."""
        return self._fingerprints.get(_key(server))

    def trust(self, server: str, fingerprint: str) -> None:
        """Trusts a certificate for a server from now on, in place of any other."""
        if self.fingerprint(server) != fingerprint:
            self._fingerprints[_key(server)] = fingerprint
            self._changed()

    def forget(self, server: str) -> None:
        """Trusts nothing for `server` any more, and forgets that it had TLS."""
        self._fingerprints.pop(_key(server), None)
        self._had_tls.discard(_key(server))
        self._changed()

    def trusted(self) -> Mapping[str, str]:
        """All that is trusted: fingerprints by `host:port`."""
        return dict(self._fingerprints)

    def had_tls(self, server: str) -> bool:
        """Whether `server` spoke TLS with us at some time; on the usual port, also whether it did on the one of `ftps://`."""
        key = _key(server)
        host, _, port = key.rpartition(":")
        return key in self._had_tls or (port == "21" and f"{host}:990" in self._had_tls)

    def note_tls(self, server: str) -> None:
        """Remembers that `server` speaks TLS: from now on its absence is suspicious."""
        if _key(server) not in self._had_tls:
            self._had_tls.add(_key(server))
            self._changed()

    def _changed(self) -> None:
        if self.on_change:
            self.on_change()

    def to_dict(self) -> dict[str, Any]:
        """What should outlive the program, as plain values."""
        return {"certificates": dict(self._fingerprints), "had_tls": sorted(self._had_tls)}

    def load_dict(self, values: Mapping[str, Any]) -> bool:
        """Takes what `to_dict` gave. What cannot be read is left out: its server will be asked about again.

        Returns:
            Whether all of it could be read.
        """
        certificates, had_tls = values.get("certificates", {}), values.get("had_tls", [])
        is_whole = isinstance(certificates, Mapping) and isinstance(had_tls, list)
        for server, fingerprint in certificates.items() if isinstance(certificates, Mapping) else ():
            try:
                self._fingerprints[_key(str(server))] = parse_fingerprint(str(fingerprint))
            except ValueError:
                is_whole = False
        for server in had_tls if isinstance(had_tls, list) else ():
            if isinstance(server, str):
                self._had_tls.add(_key(server))
            else:
                is_whole = False
        return is_whole


def _key(server: str) -> str:
    """`host:port` in one spelling: names have no case, and a dot at the end of one changes nothing."""
    host, colon, port = server.casefold().rpartition(":")
    return f"{host.rstrip('.')}{colon}{port}"


def refusal_words(problem: CertificateProblem, *, known_is: str = "trusted before") -> str:
    """The sentence of an error that refuses a certificate: what is wrong, and the fingerprints."""
    words = f"{problem.sentence} ({problem.certificate.shown_fingerprint}"
    if problem.known:
        words += f"; {known_is} was {show_fingerprint(problem.known)}"
    return words + ")"
