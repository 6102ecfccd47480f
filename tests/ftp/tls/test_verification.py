"""Which certificates are believed, the same on every Python, and the reason in plain words for each that is not."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tests.ftp.tls.test_trust import Person
from tests.support.certificates import DAY, MAIL, Authority, Identity, Make, rsa_key, weak_key
from tests.support.sites import open_site
from tests.support.tls_liar import TlsLiar
from tuiftp.choices import TlsPolicy
from tuiftp.cli import main
from tuiftp.errors import CertificateRefused
from tuiftp.ftp.tls.options import TlsOptions, tls_reason, verification_reason
from tuiftp.protocol.certificates import CertificateReason

BARE = Make(is_bare=True)
BARE_AUTHORITY = Make(is_authority=True, is_bare=True)


def below(folder: Path, make: Make) -> Identity:
    """A server's certificate, below an authority made so, below the root."""
    return Authority(folder, "middle", issuer=Authority(folder), make=make).issue()


def falsified(folder: Path) -> Identity:
    identity = Authority(folder).issue()
    identity.falsify()
    return identity


def outdated(folder: Path) -> Identity:
    identity = Authority(folder, make=Make(is_authority=True, key=rsa_key)).issue()
    identity.outdate()
    return identity


def signed_by_a_server(folder: Path) -> Identity:
    middle = Authority(folder).issue(file="middle")
    return Identity(folder / "server.pem", "127.0.0.1", issuer=middle)


def two_below_one(folder: Path) -> Identity:
    root = Authority(folder, make=Make(is_authority=True, path_length=0))
    return Authority(folder, "middle", issuer=root).issue()


AUTHORITY = "is signed by an authority"
REFUSED: dict[str, tuple[Callable[[Path], Identity], CertificateReason, str]] = {
    "an authority that has expired": (
        lambda folder: below(folder, Make(is_authority=True, begins=-3 * DAY, ends=-DAY)),
        CertificateReason.ISSUER_EXPIRED, f"{AUTHORITY} whose own certificate has expired",
    ),
    "an authority that is not valid yet": (
        lambda folder: below(folder, Make(is_authority=True, begins=DAY, ends=3 * DAY)),
        CertificateReason.ISSUER_NOT_YET_VALID, f"{AUTHORITY} whose own certificate is not valid yet",
    ),
    "a false signature": (falsified, CertificateReason.BAD_SIGNATURE, "bears a signature that does not match"),
    "a short key": (
        lambda folder: Authority(folder).issue(make=Make(key=weak_key)),
        CertificateReason.WEAK_KEY, "has a key that is too short to be safe",
    ),
    "an authority with a short key": (
        lambda folder: below(folder, Make(is_authority=True, key=weak_key)),
        CertificateReason.WEAK_ISSUER_KEY, f"{AUTHORITY} with a key that is too short",
    ),
    "a method that can be forged": (
        outdated,
        CertificateReason.WEAK_SIGNATURE, "is signed by an outdated method that can be forged",
    ),
    "for mail": (
        lambda folder: Authority(folder).issue(make=Make(purposes=(MAIL,))),
        CertificateReason.NOT_FOR_SERVERS, "is made for another purpose than to prove who a server is",
    ),
    "signed by a server": (
        signed_by_a_server, CertificateReason.NO_AUTHORITY, "is signed with a certificate that may not sign others",
    ),
    "an authority too many": (
        two_below_one, CertificateReason.TOO_MANY_ISSUERS, "over more authorities than they allow themselves",
    ),
    "a name that its authority may not vouch for": (
        lambda folder: Authority(folder, make=Make(is_authority=True, only_below="example.org")).issue(),
        CertificateReason.OUTSIDE_ITS_NAMES, "is for a name that its authority may not vouch for",
    ),
    "a condition that nobody knows": (
        lambda folder: Authority(folder).issue(make=Make(is_odd=True)),
        CertificateReason.UNKNOWN_EXTENSION, "has a condition marked as critical that cannot be checked",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_each_kind_of_refusal_has_its_reason_in_plain_words(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make, _, words = REFUSED[kind]
    with TlsLiar(make(tmp_path)) as server:
        url = f"ftpes://127.0.0.1:{server.port}/"
        assert main(["ls", url, "--ca", str(tmp_path / "authority.pem")]) == 1
        assert set(server.commands) == {"AUTH TLS"}
    said = capsys.readouterr().err
    assert f"the certificate of 127.0.0.1:{server.port} " in said
    assert words in said


@pytest.mark.parametrize("kind", REFUSED)
async def test_a_person_is_asked_with_that_reason_alone(kind: str, tmp_path: Path) -> None:
    make, reason, _ = REFUSED[kind]
    person = Person()
    with TlsLiar(make(tmp_path)) as server:
        options = TlsOptions(TlsPolicy.REQUIRED, ca_file=str(tmp_path / "authority.pem"))
        async with open_site(server, tls=options, decider=person, connect=False) as opened:
            with pytest.raises(CertificateRefused):
                await opened.site.connect()
    assert [problem.reasons for problem in person.asked] == [(reason,)]


ACCEPTED: dict[str, tuple[Callable[[Path], Identity], str]] = {
    "as RFC 5280 wants it": (lambda folder: Authority(folder).issue(), "authority"),
    "without key identifiers": (
        lambda folder: Authority(folder, make=BARE_AUTHORITY).issue(make=BARE), "authority",
    ),
    "an authority that is sloppily made": (
        lambda folder: Authority(folder, make=Make(is_authority=True, is_sloppy=True)).issue(), "authority",
    ),
    "an authority below another that is not in the file": (
        lambda folder: Authority(folder, "middle", issuer=Authority(folder)).issue(), "anchor",
    ),
    "the server's own, in the file itself": (lambda folder: Authority(folder).issue(), "itself"),
    "signed by itself, in the file itself": (
        lambda folder: Identity(folder / "own.pem", "127.0.0.1"), "itself",
    ),
    "signed by itself with nothing said, in the file itself": (
        lambda folder: Identity(folder / "own.pem", "127.0.0.1", make=BARE), "itself",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", ACCEPTED)
def test_what_curl_and_browsers_believe_is_believed(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also what VERIFY_X509_STRICT refuses, which Python sets by default from 3.13 on."""
    make, trusted = ACCEPTED[kind]
    identity = make(tmp_path)
    place = {"authority": -1, "anchor": 1, "itself": 0}[trusted]
    anchor = tmp_path / "trusted.pem"
    anchor.write_text(ssl.DER_cert_to_PEM_cert(identity.chain[place].public_bytes(Encoding.DER)))
    with TlsLiar(identity, files={"/a.txt": b"hello"}) as server:
        url = f"ftpes://ftptest:ftppass@127.0.0.1:{server.port}/"
        assert main(["ls", url, "--ca", str(anchor)]) == 0, capsys.readouterr().err
    assert "a.txt" in capsys.readouterr().out


def fault(code: int, message: str) -> ssl.SSLCertVerificationError:
    """What OpenSSL raises where no test can bring it about on every version."""
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code, error.verify_message = code, message
    return error


@pytest.mark.parametrize(
    ("code", "message", "reason", "words"),
    [
        (85, "Missing Authority Key Identifier", "MALFORMED",
         "does not follow the rules for certificates: Missing Authority Key Identifier"),
        (89, "Basic Constraints of CA cert not marked critical", "MALFORMED", "not marked critical"),
        (92, "CA cert does not include key usage extension", "MALFORMED", "does not include key usage"),
        (13, "format error in certificate's notBefore field", "MALFORMED", "notBefore"),
        (23, "certificate revoked", "REVOKED", "was revoked by its issuer"),
        (28, "certificate rejected", "DISTRUSTED", "is marked on this system as not to be trusted"),
        (3, "unable to get certificate CRL", "OTHER", "cannot be verified: unable to get certificate CRL"),
        (4711, "new in OpenSSL 9", "OTHER", "cannot be verified: new in OpenSSL 9"),
    ],
)  # fmt: skip
def test_no_refusal_is_without_a_reason(code: int, message: str, reason: str, words: str) -> None:
    assert verification_reason(fault(code, message)) is CertificateReason[reason]
    assert words in tls_reason(fault(code, message))
