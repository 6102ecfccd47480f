"""The four servers with TLS: what each wants to be told."""

from __future__ import annotations

from pathlib import Path

from .daemons import UNPACKED, Proftpd, find
from .pyftpd import Pyftpdlib
from .running import Place, RunningServer


def make_tls_server(
    kind: str,
    certificate: Path,
    place: Place | None = None,
    *,
    is_implicit: bool = False,
    client_authority: Path | None = None,
) -> RunningServer:
    """Return a server that insists on TLS and, where it can, on session reuse; not started."""
    from . import make_server

    where = place or Place()
    if kind == "pyftpdlib":
        return Pyftpdlib(where, certificate=certificate)
    options = {"vsftpd": _vsftpd, "proftpd": _proftpd, "pureftpd": _pureftpd}[kind](certificate, is_implicit)
    if client_authority is not None:
        options += {
            "vsftpd": ["require_cert=YES", "validate_cert=YES", f"ca_certs_file={client_authority}"],
            "proftpd": [f"TLSCACertificateFile {client_authority}", "TLSVerifyClient on"],
        }[kind]
    return make_server(kind, where, options)


def _vsftpd(certificate: Path, is_implicit: bool) -> list[str]:
    return [
        "ssl_enable=YES", "ssl_tlsv1=YES", "ssl_ciphers=HIGH", "require_ssl_reuse=YES",
        "force_local_data_ssl=YES", "force_local_logins_ssl=YES", "strict_ssl_read_eof=YES",
        f"rsa_cert_file={certificate}", f"rsa_private_key_file={certificate}",
        *(["implicit_ssl=YES"] if is_implicit else []),
    ]  # fmt: skip


def _proftpd(certificate: Path, is_implicit: bool) -> list[str]:
    program = find(Proftpd.program)
    unpacked = program is not None and UNPACKED in program.parents
    modules = UNPACKED / "usr" / "lib" / "proftpd" if unpacked else Path("/usr/lib/proftpd")
    return [
        f"ModulePath {modules}", "LoadModule mod_tls.c", "TLSEngine on", "TLSRequired on",
        "TLSProtocol TLSv1.2 TLSv1.3", f"TLSECCertificateFile {certificate}",
        f"TLSECCertificateKeyFile {certificate}", "TLSRenegotiate none", "TLSLog none",
        *(["TLSOptions UseImplicitSSL"] if is_implicit else []),
    ]  # fmt: skip


def _pureftpd(certificate: Path, is_implicit: bool) -> list[str]:
    # 3: plain connections are refused, and data connections have to be encrypted as well.
    assert not is_implicit, "Pure-FTPd has no implicit TLS"
    return ["-Y", "3", "-2", str(certificate)]
