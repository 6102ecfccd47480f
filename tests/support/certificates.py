"""Certificates for tests: an authority of our own, and what it signs; right, expired, for others, by itself."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tuiftp.protocol.certificates import fingerprint_of

DAY = timedelta(days=1)


class Identity:
    """A certificate, its key, and the file that holds both and whoever signed it."""

    def __init__(
        self,
        path: Path,
        *names: str,
        subject: str = "test server",
        issuer: Identity | None = None,
        begins: timedelta = -DAY,
        ends: timedelta = DAY,
        is_authority: bool = False,
    ) -> None:
        """Makes it.

        Args:
            path: The PEM file to write.
            names: Host names and addresses that it is for.
            subject: The common name.
            issuer: Who signs it; itself when None.
            begins: Since or from when it is valid, from now.
            ends: Until when.
            is_authority: Whether it may sign others.
        """
        self.path = path
        self.key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, "DE"),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Ünit test"),
                x509.NameAttribute(NameOID.COMMON_NAME, subject),
            ]
        )
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(issuer.certificate.subject if issuer else name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + begins)
            .not_valid_after(now + ends)
            .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        )
        if names:
            general = [_general_name(one) for one in names]
            builder = builder.add_extension(x509.SubjectAlternativeName(general), critical=False)
        self.certificate: x509.Certificate = builder.sign(issuer.key if issuer else self.key, hashes.SHA256())
        chain = [self] if issuer is None or issuer is self else [self, issuer]
        parts = [one.certificate.public_bytes(serialization.Encoding.PEM) for one in chain]
        path.write_bytes(self._key_pem() + b"".join(parts))
        path.chmod(0o644)  # it stands for nobody; a server that runs as another user reads it

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


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


class Authority(Identity):
    """Signs certificates; its own file is what `ca_file` wants."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self.folder = folder
        super().__init__(folder / f"{name}.pem", subject=name, is_authority=True)

    def issue(
        self, *names: str, begins: timedelta = -DAY, ends: timedelta = DAY, file: str = "server"
    ) -> Identity:
        """Sign a certificate for some names; the loopback addresses when none is given."""
        wanted = names or ("127.0.0.1", "::1", "localhost")
        return Identity(
            self.folder / f"{file}.pem", *wanted, issuer=self, begins=begins, ends=ends, subject=wanted[0]
        )
