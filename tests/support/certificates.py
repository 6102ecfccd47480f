"""Certificates for tests: an authority of our own, and what it signs; right, expired, for others, by itself."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tuiftp.protocol.certificates import fingerprint_of

DAY = timedelta(days=1)
MAIL = ExtendedKeyUsageOID.EMAIL_PROTECTION
"""A purpose that is not a server's."""
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


_RSA_SHA1, _RSA_SHA256 = bytes.fromhex("2a864886f70d010105"), bytes.fromhex("2a864886f70d01010b")


def weak_key() -> Key:
    """A key that could be broken."""
    return rsa.generate_private_key(65537, 1024)


def rsa_key() -> Key:
    """An RSA key of a usual length."""
    return rsa.generate_private_key(65537, 2048)


@dataclass(frozen=True, slots=True)
class Make:
    """How a certificate is made; by default as RFC 5280 wants it, valid since yesterday and until tomorrow."""

    begins: timedelta = -DAY
    """Since or from when it is valid, from now."""
    ends: timedelta = DAY
    """Until when."""
    is_authority: bool = False
    """Whether it may sign others."""
    path_length: int | None = None
    """How many authorities may stand below it."""
    only_below: str | None = None
    """The domain that an authority may vouch for; any when None."""
    is_bare: bool = False
    """Whether it says nothing of keys and their use, as those that small companies make for themselves."""
    is_sloppy: bool = False
    """Whether an authority's basic constraints are not marked critical."""
    purposes: tuple[x509.ObjectIdentifier, ...] = (
        ExtendedKeyUsageOID.SERVER_AUTH,
        ExtendedKeyUsageOID.CLIENT_AUTH,
    )
    """What one that signs no others is for."""
    key: Callable[[], Key] = field(default=lambda: ec.generate_private_key(ec.SECP256R1()))
    """Makes the key."""
    is_odd: bool = False
    """Whether it has an extension that is critical and known to nobody."""


class Identity:
    """A certificate, its key, and the file that holds both and whoever signed it, up to the root."""

    def __init__(
        self,
        path: Path,
        *names: str,
        subject: str = "test server",
        issuer: Identity | None = None,
        make: Make | None = None,
    ) -> None:
        """Makes it.

        Args:
            path: The PEM file to write.
            names: Host names and addresses that it is for.
            subject: The common name.
            issuer: Who signs it; itself when None.
            make: How it is made.
        """
        make = make or Make()
        self.path = path
        self.key = make.key()
        signer = issuer.key if issuer else self.key
        builder = self._builder(subject, issuer, make)
        for extension, is_critical in _extensions(self.key, signer, names, make):
            builder = builder.add_extension(extension, critical=is_critical)
        self.certificate: x509.Certificate = builder.sign(signer, hashes.SHA256())
        self.chain: list[x509.Certificate] = [self.certificate, *(issuer.chain if issuer else ())]
        self.write()

    def _builder(self, subject: str, issuer: Identity | None, make: Make) -> x509.CertificateBuilder:
        name, now = _name(subject), datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(issuer.certificate.subject if issuer else name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + make.begins)
            .not_valid_after(now + make.ends)
        )

    def write(self) -> None:
        """Writes the file."""
        parts = [one.public_bytes(serialization.Encoding.PEM) for one in self.chain]
        self.path.write_bytes(self._key_pem() + b"".join(parts))
        self.path.chmod(0o644)  # it stands for nobody; a server that runs as another user reads it

    def falsify(self) -> None:
        """Changes the signature, so that it is not the signer's any more."""
        self._replace(self.der[:-1] + bytes([self.der[-1] ^ 1]))

    def outdate(self) -> None:
        """Says that the signature is RSA over SHA-1, which libraries make no more; its signer has an RSA key."""
        self._replace(self.der.replace(_RSA_SHA256, _RSA_SHA1))

    def _replace(self, der: bytes) -> None:
        self.certificate = self.chain[0] = x509.load_der_x509_certificate(der)
        self.write()

    def _key_pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def fingerprint(self) -> str:
        return fingerprint_of(self.der)


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "DE"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Ünit test"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _extensions(
    key: Key, signer: Key, names: tuple[str, ...], make: Make
) -> Iterator[tuple[x509.ExtensionType, bool]]:
    """Each with whether it is critical (RFC 5280 section 4.2)."""
    yield x509.BasicConstraints(make.is_authority, make.path_length), not make.is_sloppy
    if names:
        yield x509.SubjectAlternativeName([_general_name(one) for one in names]), False
    if make.only_below:
        yield x509.NameConstraints([x509.DNSName(make.only_below)], None), True
    if make.is_odd:
        yield x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00"), True
    if make.is_bare:
        return
    yield x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False
    yield x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), False
    yield _usage(make.is_authority), True
    if not make.is_authority:
        yield x509.ExtendedKeyUsage(make.purposes), False


def _usage(is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority, key_cert_sign=is_authority, crl_sign=is_authority,
        content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


class Authority(Identity):
    """Signs certificates; its own file is what `ca_file` wants."""

    def __init__(
        self,
        folder: Path,
        name: str = "authority",
        *,
        issuer: Identity | None = None,
        make: Make | None = None,
    ) -> None:
        self.folder = folder
        make = make or Make(is_authority=True)
        super().__init__(folder / f"{name}.pem", subject=name, issuer=issuer, make=make)

    def issue(self, *names: str, make: Make | None = None, file: str = "server") -> Identity:
        """Sign a certificate for some names; the loopback addresses when none is given."""
        wanted = names or ("127.0.0.1", "::1", "localhost")
        return Identity(self.folder / f"{file}.pem", *wanted, issuer=self, make=make, subject=wanted[0])
