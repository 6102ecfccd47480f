"""The lines for servers are pasted into the real ones: they start with them, take a login, and do what is said."""

from __future__ import annotations

import ftplib
import re
import shlex

import pytest

from tests.support.fixtures import StartServer
from tests.support.servers import RunningServer
from tests.wirelog.script import Script
from tuiftp.wirelog import remedies
from tuiftp.wirelog.findings import diagnose
from tuiftp.wirelog.remedies import Remedy, Software

ADDRESS = "203.0.113.7"
PORTS = (50_200, 50_220)
KINDS = {
    "vsftpd": Software.VSFTPD, "proftpd": Software.PROFTPD, "pureftpd": Software.PUREFTPD,
}  # fmt: skip


def all_for(software: Software) -> list[Remedy]:
    found = [
        remedies.announce_address(ADDRESS, PORTS, software=software),
        remedies.fix_passive_range(PORTS, software=software),
        remedies.allow_active(software=software),
        remedies.allow_passive(software=software),
        remedies.allow_two_addresses(software=software),
        remedies.allow_foreign_port(software=software),
        remedies.allow_longer_idle(900, software=software),
        remedies.allow_more_logins(10, software=software),
    ]
    if (
        software is Software.VSFTPD
    ):  # ProFTPD's directive is of its TLS module, which stands in the tests of TLS
        found.append(remedies.waive_session_reuse(software=software))
    return [remedy for group in found for remedy in group]


def pasted(remedy: Remedy) -> list[str]:
    if remedy.product == Software.PUREFTPD.value:
        return [word for line in remedy.lines for word in shlex.split(line)]
    return list(remedy.lines)


def log_in(server: RunningServer) -> ftplib.FTP:
    ftp = ftplib.FTP()
    ftp.connect(server.host, server.port, timeout=10)
    ftp.login(server.user, server.password)
    return ftp


@pytest.mark.real_server
@pytest.mark.parametrize(
    ("kind", "remedy"),
    [
        pytest.param(kind, remedy, id=f"{kind}-{remedy.lines[0]}")
        for kind, software in KINDS.items()
        for remedy in all_for(software)
    ],
)
def test_the_server_takes_the_lines(kind: str, remedy: Remedy, start_ftp_server: StartServer) -> None:
    server = start_ftp_server(kind, options=pasted(remedy))
    with log_in(server) as ftp:
        reply = ftp.sendcmd("PASV")
    numbers = [int(number) for number in re.findall(r"\d+", reply[4:])][-6:]
    if "announce" in remedy.purpose:
        assert ".".join(map(str, numbers[:4])) == ADDRESS
    # ProFTPD goes by the first range that it is told, and the fixture tells one.
    if "passive" in remedy.purpose and "allow" not in remedy.purpose and kind != "proftpd":
        assert PORTS[0] <= numbers[4] * 256 + numbers[5] <= PORTS[1]


@pytest.mark.real_server
def test_what_the_advice_allows_is_allowed(start_ftp_server: StartServer) -> None:
    """vsftpd refuses a PORT to another address, and takes it with the line of the remedy."""
    (remedy,) = remedies.allow_foreign_port(software=Software.VSFTPD)
    with log_in(start_ftp_server("vsftpd")) as ftp, pytest.raises(ftplib.error_perm, match="500"):
        ftp.sendcmd("PORT 203,0,113,9,200,10")
    with log_in(start_ftp_server("vsftpd", options=pasted(remedy))) as ftp:
        assert ftp.sendcmd("PORT 203,0,113,9,200,10").startswith("200")


def test_findings_and_the_probe_say_the_same_lines() -> None:
    log = Script().begin().pasv("10.1.2.3").dial(50_123).listing().records
    (found,) = (one for one in diagnose(log) if one.code == "R1")
    (wanted,) = remedies.announce_address("203.0.113.7", software=Software.VSFTPD)
    assert wanted.text in found.server


@pytest.mark.parametrize(
    ("greeting", "line"),
    [
        ("220 pyftpdlib 2.0.1 ready.", 'pyftpdlib: handler.masquerade_address = "203.0.113.7"'),
        ("220 Microsoft FTP Service", "IIS: FTP Firewall Support: data channel port range 50000-50100"),
        (
            "220-FileZilla Server 1.8.2\n220 Ready",
            "FileZilla Server: Protocols settings, FTP, Passive mode: public IP",
        ),
    ],
)
def test_a_server_that_is_known_is_told_in_its_own_words(greeting: str, line: str) -> None:
    log = Script().connect(greeting).login().pasv("10.1.2.3").dial(50_123).listing().records
    (found,) = (one for one in diagnose(log) if one.code == "R1")
    told = [said for said in found.server if said.startswith(line)]
    assert len(told) == 1
    assert not any("vsftpd" in said for said in found.server)
