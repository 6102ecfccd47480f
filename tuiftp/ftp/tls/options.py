"""TLS options, the SSL context made of them, and the result of a handshake.

One context serves a site's control and data connections: a data connection can only resume the control
connection's session within the same context, and servers insist on that (vsftpd's require_ssl_reuse, ProFTPD).
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass

from tuiftp.choices import TlsPolicy, TlsVersion
from tuiftp.errors import ConfigurationError
from tuiftp.protocol.certificates import Certificate, CertificateReason, parse_certificate

_ALPN = "ftp"
_VERIFY_FLAGS = ssl.VerifyFlags.VERIFY_X509_TRUSTED_FIRST | ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN


_VERSIONS = {
    TlsVersion.TLS_1_0: ssl.TLSVersion.TLSv1,
    TlsVersion.TLS_1_1: ssl.TLSVersion.TLSv1_1,
    TlsVersion.TLS_1_2: ssl.TLSVersion.TLSv1_2,
    TlsVersion.TLS_1_3: ssl.TLSVersion.TLSv1_3,
}


@dataclass(frozen=True, slots=True)
class TlsOptions:
    """The TLS options of one site."""

    policy: TlsPolicy = TlsPolicy.OFF
    """Whether and how."""
    is_plain_meant: bool = False
    """Whether a person has said that this server is to be reached without TLS, whatever is remembered of it."""
    minimum_version: TlsVersion = TlsVersion.TLS_1_2
    """The oldest version that is spoken."""
    maximum_version: TlsVersion = TlsVersion.TLS_1_3
    """The newest one: some servers cannot resume sessions of TLS 1.3 on their data connections."""
    ca_file: str = ""
    """PEM file of the authorities to believe, in place of the system's; empty: the system's."""
    client_certificate: str = ""
    """PEM file with the certificate that we show to the server, if it wants one."""
    client_key: str = ""
    """PEM file with its key; empty: it is in the same file."""
    fingerprint: str = ""
    """SHA-256 of the only certificate that is accepted, 64 lower-case digits; empty: verified as usual."""


def make_context(options: TlsOptions, *, verifies: bool) -> ssl.SSLContext:
    """Makes the context for a site; it judges certificates alike on every version of Python.

    `ssl.create_default_context` has checked more from Python 3.13 on: VERIFY_X509_STRICT also refuses what is merely
    not written as RFC 5280 asks, such as a certificate without an Authority Key Identifier, or an authority whose
    basic constraints are not marked critical. Many small companies' own authorities are made so. Nothing can be
    forged because of it, curl and browsers accept it, and who is refused over it learns to accept anything: so that
    flag is off. Signatures, dates, names, purposes, lengths of keys and who may sign are checked all the same.

    The two flags that are on, as in curl, say whose word is enough: an authority of the file or the system that is
    met on the way up ends the search, before what the server sent is looked at (TRUSTED_FIRST, which mends chains
    with an expired old root), and it may be an intermediate or the server's own certificate (PARTIAL_CHAIN).

    Args:
        options: The rules.
        verifies: Whether OpenSSL checks the chain and the name; if not, the fingerprint has to be compared.

    Raises:
        ConfigurationError: A file of the options cannot be used.
    """
    try:
        context = ssl.create_default_context(cafile=options.ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise _unusable("the file of certificate authorities", options.ca_file, error) from error
    context.verify_flags = _VERIFY_FLAGS
    if not verifies:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if options.minimum_version in (TlsVersion.TLS_1_0, TlsVersion.TLS_1_1):
        # OpenSSL 3 has these versions only at security level 0.
        context.set_ciphers("DEFAULT@SECLEVEL=0")
    context.minimum_version = _VERSIONS[options.minimum_version]
    context.maximum_version = _VERSIONS[options.maximum_version]
    # ALPACA: a server of another protocol that knows ALPN has to refuse, and one of FTP confirms that it is one.
    context.set_alpn_protocols([_ALPN])
    if options.client_certificate:
        try:
            context.load_cert_chain(
                options.client_certificate, options.client_key or None, password=_no_password
            )
        except (OSError, ssl.SSLError, ValueError) as error:
            raise _unusable("the client certificate", options.client_certificate, error) from error
    return context


def _no_password() -> str:
    raise ValueError("the key is locked by a password")


def _unusable(what: str, path: str, error: Exception) -> ConfigurationError:
    return ConfigurationError(f"{what} {path} cannot be used: {tls_reason(error)}", path=path)


@dataclass(frozen=True, slots=True)
class Expectation:
    """How a server has to prove who it is."""

    context: ssl.SSLContext
    """The context of the site."""
    hostname: str
    """For SNI, and for the check of the name where the context does that."""
    fingerprint: str | None = None
    """The only certificate that will do; the context does not verify then."""
    reads_only: bool = False
    """Whether any certificate will do, because nothing is sent after the handshake."""


@dataclass(frozen=True, slots=True)
class TlsFacts:
    """The result of a handshake."""

    version: str
    """`TLS 1.3`."""
    cipher: str
    """`TLS_AES_256_GCM_SHA384`."""
    is_resumed: bool
    """Whether the session of another connection was resumed."""
    certificate: Certificate
    """The server's."""

    @property
    def text(self) -> str:
        """All of it in a line, for the log."""
        session = "session resumed" if self.is_resumed else "new session"
        return f"{self.version}, {self.cipher}, {session}, {self.certificate.shown_fingerprint}"


class ControlTls:
    """The encryption of a control connection, which its data connections have to match."""

    def __init__(self, expectation: Expectation, tls: ssl.SSLObject) -> None:
        self.expectation = expectation
        """What the server had to prove."""
        self.facts = read_facts(tls)
        """What came of the handshake."""
        self._tls = tls

    @property
    def session(self) -> ssl.SSLSession | None:
        """The session to resume. Read it when it is needed: a ticket of TLS 1.3 comes after the handshake."""
        return self._tls.session


def read_facts(tls: ssl.SSLObject | ssl.SSLSocket) -> TlsFacts:
    """The result of a finished handshake."""
    cipher = tls.cipher()
    return TlsFacts(
        version=(tls.version() or "TLS").replace("TLSv", "TLS "),
        cipher=cipher[0] if cipher else "no cipher",
        is_resumed=bool(tls.session_reused),
        certificate=parse_certificate(tls.getpeercert(binary_form=True) or b""),
    )


def foreign_protocol(tls: ssl.SSLObject | ssl.SSLSocket) -> str | None:
    """The protocol that the server chose though only FTP was offered, or None."""
    chosen = tls.selected_alpn_protocol()
    return chosen if chosen not in (None, _ALPN) else None


_REASONS: dict[int, CertificateReason] = {
    7: CertificateReason.BAD_SIGNATURE,
    9: CertificateReason.NOT_YET_VALID,
    10: CertificateReason.EXPIRED,
    18: CertificateReason.SELF_SIGNED,
    22: CertificateReason.TOO_MANY_ISSUERS,
    23: CertificateReason.REVOKED,
    25: CertificateReason.TOO_MANY_ISSUERS,
    26: CertificateReason.NOT_FOR_SERVERS,
    34: CertificateReason.UNKNOWN_EXTENSION,
    62: CertificateReason.WRONG_NAME,
    64: CertificateReason.WRONG_NAME,
    66: CertificateReason.WEAK_KEY,
    67: CertificateReason.WEAK_ISSUER_KEY,
    68: CertificateReason.WEAK_SIGNATURE,
    **dict.fromkeys((2, 19, 20, 21), CertificateReason.UNKNOWN_ISSUER),
    **dict.fromkeys((4, 6, 29, 30, 31, 76, 77, 78), CertificateReason.BAD_SIGNATURE),
    # 24 was "invalid CA certificate" up to OpenSSL 1.1, and is an issuer without a key since.
    **dict.fromkeys((24, 32, 37, 79), CertificateReason.NO_AUTHORITY),
    **dict.fromkeys((27, 28), CertificateReason.DISTRUSTED),
    **dict.fromkeys((47, 48, 49, 51, 52, 53), CertificateReason.OUTSIDE_ITS_NAMES),
    **dict.fromkeys((13, 14, 39, 41, 42, 45, *range(80, 95)), CertificateReason.MALFORMED),
}
"""What the codes of X509_STORE_CTX_get_error(3) mean. OpenSSL tells the first fault only."""

_NEEDS_DETAIL = (CertificateReason.MALFORMED, CertificateReason.OTHER)


def verification_reason(error: ssl.SSLCertVerificationError) -> CertificateReason:
    """Why OpenSSL does not accept a certificate."""
    return _REASONS.get(error.verify_code, CertificateReason.OTHER)


def verification_detail(error: ssl.SSLCertVerificationError) -> str:
    """OpenSSL's own message, where our reason covers several faults; else empty."""
    return error.verify_message if verification_reason(error) in _NEEDS_DETAIL else ""


def verification_words(error: ssl.SSLCertVerificationError) -> str:
    """The reason in words that follow "the certificate …"."""
    reason, detail = verification_reason(error), verification_detail(error)
    return f"{reason}: {detail}" if detail else reason.value


def tls_reason(error: BaseException) -> str:
    """What went wrong, in a few words, without OpenSSL's file and line."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate {verification_words(error)}"
    if isinstance(error, ssl.SSLError) and error.reason:
        return str(error.reason).replace("_", " ").lower()
    if isinstance(error, TimeoutError):
        return "timed out"
    text = getattr(error, "strerror", None) or str(error)
    return text[:1].lower() + text[1:] if text else "the connection ended"
