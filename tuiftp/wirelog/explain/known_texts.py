"""Known texts of server replies: which server sends each, and its cause. Data only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class KnownText:
    """A wording, and what is known of it."""

    pattern: re.Pattern[str]
    """How it is recognized."""
    meaning: str
    """What is known."""


def _known(pattern: str, meaning: str) -> KnownText:
    return KnownText(re.compile(pattern, re.IGNORECASE), meaning)


KNOWN: Final = (
    _known(
        r"only to [0-9a-f.:]+",
        "Pure-FTPd: it connects only to the address that the control connection comes from, and names "
        "it: our address as seen from outside.",
    ),
    _known(
        r"\A500 Illegal (PORT|EPRT) command",
        "vsftpd: the address is not that of the control connection, or the port is below 1024. "
        "port_promiscuous=YES would allow it, and open the server to FTP bounce (RFC 2577).",
    ),
    _known(
        r"Security: Bad IP connecting",
        "vsftpd: the data connection came from another address than the control connection. "
        "pasv_promiscuous=YES would allow it, and give up the protection against stolen connections.",
    ),
    _known(
        r"\A425 Failed to establish connection",
        "vsftpd: its connect to us failed or timed out.",
    ),
    _known(
        r"session reuse required|SSL connection failed",
        "vsftpd: with require_ssl_reuse=YES (its default) the data connection must resume the TLS session.",
    ),
    _known(
        r"\A425 Use PORT or PASV first",
        "vsftpd: a transfer command came without a data connection prepared for it; it may have given "
        "the first one up.",
    ),
    _known(
        r"\A500 OOPS: (.*)",
        "vsftpd: an error that ends its process. The word after OOPS names the cause, most often a "
        "setting or a permission.",
    ),
    _known(
        r"OOPS: vsftpd: refusing to run with writable root",
        "vsftpd: the directory that it locks users into must not be writable for them; "
        "allow_writeable_chroot=YES would allow it.",
    ),
    _known(
        r"\A421 There are too many connections from your internet address",
        "vsftpd: max_per_ip is reached.",
    ),
    _known(
        r"\A421 There are too many connected users",
        "vsftpd: max_clients is reached.",
    ),
    _known(
        r"\A421 Timeout\.?\Z",
        "vsftpd: idle_session_timeout (300 s) or data_connection_timeout is over.",
    ),
    _known(
        r"\A426 Failure (writing network stream|reading network stream)",
        "vsftpd: the data connection broke in the middle.",
    ),
    _known(
        r"\A530 Login incorrect",
        "vsftpd, ProFTPD: user or password is wrong, or the account may not log in (shell not in "
        "/etc/shells, user on a list).",
    ),
    _known(
        r"\A530 Please login with USER and PASS",
        "vsftpd: a command came before the login.",
    ),
    _known(
        r"\A530 Non-anonymous sessions must use encryption",
        "vsftpd: force_local_logins_ssl=YES: send AUTH TLS first.",
    ),
    _known(
        r"Data connections must be encrypted|must use encryption",
        "The server demands PROT P: require TLS in the site's settings.",
    ),
    _known(
        r"\A(500|501) Illegal PORT command|Illegal (PORT|EPRT) (command|parameter)",
        "ProFTPD and others: the address is not the client's, or the port is too low. AllowForeignAddress on "
        "would allow the first, and open the server to FTP bounce (RFC 2577).",
    ),
    _known(
        r"Unable to build data connection: (Connection timed out|Connection refused|Network is unreachable|No route)",
        "ProFTPD: its connect to us failed: a NAT or firewall on our side.",
    ),
    _known(
        r"Unable to build data connection: Operation not permitted",
        "ProFTPD: under TLS the data connection did not resume the session (TLSOptions "
        "NoSessionReuseRequired would allow it).",
    ),
    _known(
        r"maximum number of (?:\w+ )?(clients|users|instances)",
        "ProFTPD: MaxClients, MaxClientsPerHost or MaxClientsPerUser is reached.",
    ),
    _known(
        r"(Idle|Login|No transfer|Session|Stalled) timeout",
        "ProFTPD: one of TimeoutIdle, TimeoutLogin, TimeoutNoTransfer, TimeoutSession, TimeoutStalled "
        "is over.",
    ),
    _known(
        r"\A550 .*: Operation not permitted",
        "ProFTPD: a Limit section of its configuration forbids it.",
    ),
    _known(
        r"try typing a little faster",
        "Pure-FTPd: idle for too long (-I, 15 minutes).",
    ),
    _known(
        r"Sorry, cleartext sessions.*not accepted",
        "Pure-FTPd: --tls=2 demands TLS.",
    ),
    _known(
        r"too many users are currently connected|\A421 \d+ users \(the maximum\)",
        "Pure-FTPd: MaxClientsNumber is reached.",
    ),
    _known(
        r"Can't open data connection|Could not accept the connection",
        "Pure-FTPd: the data connection did not come about on its port; see -p and the firewall.",
    ),
    _known(
        r"Prohibited file name",
        "Pure-FTPd: names with such characters, or beginning with a dot, are forbidden by its settings.",
    ),
    _known(
        r"Rejected data connection (to|from) foreign address",
        "pyftpdlib: the address is not that of the control connection. permit_foreign_addresses would "
        "allow it.",
    ),
    _known(
        r"can't connect to specified address|Can't connect to specified",
        "pyftpdlib: its connect to us failed.",
    ),
    _known(
        r"You cannot use (PASV|PORT) on IPv6 connections",
        "pyftpdlib: use EPSV and EPRT over IPv6.",
    ),
    _known(
        r"\A421 (?:Control connection timed out|Active data channel timed out|Passive data channel timed out)",
        "pyftpdlib: a time limit is over; the words say which.",
    ),
    _known(
        r"TLS session of data connection (?:has )?not resumed|TLS session resumption",
        "FileZilla Server: the data connection must resume the TLS session; it guards against stolen "
        "connections.",
    ),
    _known(
        r"\A425 (?:Unable to build|Error while connecting|Can't open) data connection.*",
        "FileZilla Server: the data connection did not come about: firewall, NAT, or TLS session not "
        "resumed.",
    ),
    _known(
        r"Won't open a connection to (?:[0-9.]+ )?\(only to|Rejected command, requested IP address does not match",
        "FileZilla Server: the address in PORT is not the client's.",
    ),
    _known(
        r"\A503 Use AUTH first|\A503 Failure of data connection protection",
        "FileZilla Server: TLS is required before logging in.",
    ),
    _known(
        r"File Service \(?Microsoft FTP Service|Microsoft FTP Service",
        "IIS. Listings may be in the style of MS-DOS.",
    ),
    _known(
        r"User cannot log in, home directory inaccessible",
        "IIS: no virtual directory of the user's name, or no permission on it.",
    ),
    _known(
        r"\A501 Server cannot accept argument",
        "IIS: refuses a PORT with an address that is not the client's; or a path that it does not like.",
    ),
    _known(
        r"\A534[ -](?:Local )?Policy requires SSL|\A534[ -]Policy denies SSL",
        "IIS: the site's FTP SSL Settings demand TLS, or forbid it.",
    ),
    _known(
        r"\A550 The process cannot access the file because it is being used",
        "IIS: another program has the file open.",
    ),
    _known(
        r"\A451 The parameter is incorrect",
        "IIS: often a restart offset beyond 4 GB or an unknown option.",
    ),
    _known(
        r"\(vsFTPd ",
        "vsftpd, the usual server of many Linux systems.",
    ),
    _known(
        r"\A220[ -]ProFTPD",
        "ProFTPD.",
    ),
    _known(
        r"Welcome to Pure-FTPd",
        "Pure-FTPd.",
    ),
    _known(
        r"\A220[ -]FileZilla Server",
        "FileZilla Server, on Windows or Linux.",
    ),
    _known(
        r"\A220[ -]pyftpdlib",
        "pyftpdlib, a server in Python.",
    ),
    _known(
        r"Serv-U FTP",
        "Serv-U.",
    ),
    _known(
        r"\A227 Entering Passive Mode \(0,0,0,0",
        "Many small devices announce 0.0.0.0: the peer's own address is meant.",
    ),
)
"""The more special first."""


def known_text(text: str) -> str | None:
    """What is known of a server's wording, if anything."""
    return next((known.meaning for known in KNOWN if known.pattern.search(text)), None)
