"""The commands of FTP: what each asks for, where it is defined, what usually answers it. Data only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class CommandText:
    """What there is to say about one command."""

    meaning: str
    """What it asks for."""
    section: str
    """Where it is defined."""
    answers: tuple[str, ...] = ()
    """What usually answers it."""
    argument: str = ""
    """What its argument is called; empty for none."""


def _text(meaning: str, section: str, argument: str = "", *answers: str) -> CommandText:
    return CommandText(meaning, section, answers, argument)


_ACCESS = "RFC 959 section 4.1.1"
_PARAMETERS = "RFC 959 section 4.1.2"
_SERVICE = "RFC 959 section 4.1.3"
_SECURITY = "RFC 2228 section 3"
_X = "RFC 959 appendix II"
_OWN = "no standard"
_TRANSFER = (
    "150 or 125 when the data connection stands",
    "226 when all has gone over",
    "425 if no data connection came about",
)
_FILE = ("550 if there is none, or no permission",)

COMMANDS: Final[dict[str, CommandText]] = {
    "USER": _text(
        "Says who wants to log in.",
        _ACCESS,
        "user name",
        "331 to ask for the password",
        "230 if none is needed",
        "530 if refused",
    ),
    "PASS": _text(
        "Gives the password. It is not kept in the log.",
        _ACCESS,
        "password",
        "230 when logged in",
        "530 if refused",
        "332 to ask for an account",
    ),
    "ACCT": _text(
        "Gives an account, apart from the user. It is not kept in the log.",
        _ACCESS,
        "account",
        "230 when logged in",
    ),
    "CWD": _text("Changes the working directory.", _ACCESS, "directory", "250", *_FILE),
    "CDUP": _text("Changes to the directory above.", _ACCESS, "", "200 or 250"),
    "SMNT": _text("Mounts another file system.", _ACCESS, "path", "202 or 250"),
    "REIN": _text("Logs out and keeps the connection for another login.", _ACCESS, "", "220"),
    "QUIT": _text("Ends the session.", _ACCESS, "", "221, then the server closes the connection"),
    "PORT": _text(
        "Active mode: we listen at this IPv4 address and port, and the server is to connect to it.",
        _PARAMETERS,
        "h1,h2,h3,h4,p1,p2",
        "200, then the transfer command",
        "500 if the server refuses the address",
    ),
    "PASV": _text(
        "Passive mode: asks the server to listen on a port, for us to connect to.",
        _PARAMETERS,
        "",
        "227 with the address and port",
        "then we connect, and send the transfer command",
    ),
    "TYPE": _text(
        "Says how data is represented: I leaves bytes as they are, A converts ends of lines.",
        _PARAMETERS,
        "type",
        "200",
    ),
    "STRU": _text(
        "Says how files are structured; F (plain bytes) is the usual.", _PARAMETERS, "structure", "200"
    ),
    "MODE": _text(
        "Says how data is sent: S stream, B blocks, C compressed, Z deflate.", _PARAMETERS, "mode", "200"
    ),
    "RETR": _text("Fetches a file over the data connection.", _SERVICE, "path", *_TRANSFER, *_FILE),
    "STOR": _text(
        "Stores a file over the data connection; one that is there is replaced.",
        _SERVICE,
        "path",
        *_TRANSFER,
        "553 or 550 if it may not",
        "452 or 552 if there is no room",
    ),
    "STOU": _text("Stores a file under a name that the server chooses.", _SERVICE, "path", *_TRANSFER),
    "APPE": _text("Adds to a file, or stores a new one.", _SERVICE, "path", *_TRANSFER),
    "ALLO": _text("Reserves room for a file that will be stored.", _SERVICE, "bytes", "200 or 202"),
    "REST": _text(
        "The next transfer begins at this byte.",
        "RFC 3659 section 5",
        "offset",
        "350, then RETR, STOR or APPE",
    ),
    "RNFR": _text("Names the file that will be renamed.", _SERVICE, "path", "350, then RNTO", *_FILE),
    "RNTO": _text("Gives the file of the RNFR before a new name.", _SERVICE, "path", "250"),
    "ABOR": _text("Stops the transfer that runs.", _SERVICE, "", "426 for the transfer, then 226"),
    "DELE": _text("Deletes a file.", _SERVICE, "path", "250", *_FILE),
    "RMD": _text("Removes an empty directory.", _SERVICE, "path", "250", *_FILE),
    "MKD": _text("Makes a directory.", _SERVICE, "path", "257", *_FILE),
    "PWD": _text("Asks for the working directory.", _SERVICE, "", "257 with the path in quotes"),
    "LIST": _text(
        "Lists a directory over the data connection, in whatever form the server likes.",
        _SERVICE,
        "path",
        *_TRANSFER,
    ),
    "NLST": _text("Lists names alone over the data connection.", _SERVICE, "path", *_TRANSFER),
    "SITE": _text(
        "A command of this server's own.", _SERVICE, "command", "200 or 202", "500 or 504 if it is not known"
    ),
    "SYST": _text("Asks for the kind of system; most say UNIX, whatever they are.", _SERVICE, "", "215"),
    "STAT": _text(
        "Asks for the state of the session, or, with a path, for a listing on the control connection.",
        _SERVICE,
        "path",
        "211, 212 or 213",
    ),
    "HELP": _text("Asks which commands there are.", _SERVICE, "command", "211 or 214"),
    "NOOP": _text("Does nothing: keeps the connection alive, or tests it.", _SERVICE, "", "200"),
    "AUTH": _text(
        "Asks for encryption of the control connection.",
        "RFC 2228 section 3, RFC 4217 section 4",
        "mechanism",
        "234, then the TLS handshake",
        "502, 504 or 534 if there is none",
    ),
    "ADAT": _text("Carries data of a security mechanism.", _SECURITY, "data", "235 or 335"),
    "PBSZ": _text(
        "Sets the size of protected blocks; under TLS always 0, and has to come before PROT.",
        "RFC 2228 section 3, RFC 4217",
        "size",
        "200",
    ),
    "PROT": _text(
        "Says how data connections are protected: P encrypts them, C leaves them in clear.",
        "RFC 2228 section 3, RFC 4217",
        "level",
        "200",
        "534 or 536 if the server refuses",
    ),
    "CCC": _text(
        "Goes back to clear text on the control connection.", _SECURITY, "", "200", "533 or 534 if refused"
    ),
    "MIC": _text("A command with a check of its integrity.", _SECURITY, "data"),
    "CONF": _text("A command that is kept confidential.", _SECURITY, "data"),
    "ENC": _text("A command that is encrypted.", _SECURITY, "data"),
    "FEAT": _text(
        "Asks which extensions the server has.",
        "RFC 2389 section 3",
        "",
        "211 with a line for each",
        "500 or 502 if it has none",
    ),
    "OPTS": _text(
        "Sets an option of another command.",
        "RFC 2389 section 4",
        "command and options",
        "200",
        "501 if the option is not known",
    ),
    "EPRT": _text(
        "Active mode, for IPv4 and IPv6: the server is to connect to this address and port.",
        "RFC 2428 section 2",
        "|family|address|port|",
        "200, then the transfer command",
        "522 if the family does not fit",
    ),
    "EPSV": _text(
        "Passive mode, for IPv4 and IPv6: asks the server to listen on a port of the address that it is reached at.",
        "RFC 2428 section 3",
        "family",
        "229 with the port",
        "then we connect, and send the transfer command",
    ),
    "LPRT": _text("Active mode with long addresses; EPRT has replaced it.", "RFC 1639", "address", "200"),
    "LPSV": _text("Passive mode with long addresses; EPSV has replaced it.", "RFC 1639", "", "228"),
    "MDTM": _text(
        "Asks when a file was changed, in UTC; some servers let it be set in the same way.",
        "RFC 3659 section 3",
        "path",
        "213 with the time",
        *_FILE,
    ),
    "SIZE": _text(
        "Asks how many bytes a transfer of a file would take, in the type in force.",
        "RFC 3659 section 4",
        "path",
        "213 with the number",
        *_FILE,
    ),
    "MLST": _text(
        "Asks for the facts of one file, on the control connection.",
        "RFC 3659 section 7",
        "path",
        "250 with the facts",
        *_FILE,
    ),
    "MLSD": _text(
        "Lists a directory over the data connection, in a form that programs can read.",
        "RFC 3659 section 7",
        "path",
        *_TRANSFER,
    ),
    "LANG": _text("Asks for replies in another language.", "RFC 2640 section 4", "language", "200"),
    "HOST": _text(
        "Says which of several hosts at this address is meant; comes before USER.",
        "RFC 7151 section 3",
        "host",
        "220",
    ),
    "CLNT": _text("Says which program we are.", _OWN, "name", "200"),
    "MFMT": _text("Sets when a file was changed.", "draft-somers-ftp-mfxx", "time and path", "213"),
    "MFCT": _text("Sets when a file was made.", "draft-somers-ftp-mfxx", "time and path", "213"),
    "MFF": _text("Sets facts of a file.", "draft-somers-ftp-mfxx", "facts and path", "213"),
    "HASH": _text(
        "Asks for a checksum of a file.", "draft-bryan-ftpext-hash", "path", "213 with the checksum"
    ),
    "RANG": _text(
        "Limits the next transfer or HASH to a range of bytes.",
        "draft-bryan-ftp-range",
        "first and last byte",
        "350",
    ),
    "MD5": _text("Asks for a file's MD5 checksum.", _OWN, "path", "251"),
    "AVBL": _text("Asks how much room there is.", _OWN, "directory", "213"),
    "THMB": _text("Asks for a small picture of an image.", _OWN, "format and path"),
    "CSID": _text("Tells who the client is, and asks the same of the server.", _OWN, "facts", "200"),
    "COMB": _text("Puts uploaded parts together to one file.", _OWN, "paths"),
    "DSIZ": _text("Asks for the size of a directory.", _OWN, "path", "213"),
    "XCRC": _text("Asks for a file's CRC-32.", _OWN, "path", "250 with the checksum"),
    "XMD5": _text("Asks for a file's MD5 checksum.", _OWN, "path", "250 with the checksum"),
    "XSHA": _text("Asks for a file's SHA-1 checksum.", _OWN, "path", "250 with the checksum"),
    "XSHA1": _text("Asks for a file's SHA-1 checksum.", _OWN, "path", "250 with the checksum"),
    "XSHA256": _text("Asks for a file's SHA-256 checksum.", _OWN, "path", "250 with the checksum"),
    "XSHA512": _text("Asks for a file's SHA-512 checksum.", _OWN, "path", "250 with the checksum"),
    "XCWD": _text("An old form of CWD.", _X, "directory", "250"),
    "XCUP": _text("An old form of CDUP.", _X, "", "200 or 250"),
    "XMKD": _text("An old form of MKD.", _X, "path", "257"),
    "XRMD": _text("An old form of RMD.", _X, "path", "250"),
    "XPWD": _text("An old form of PWD.", _X, "", "257"),
}
"""By the verb, in capitals."""

SITE_COMMANDS: Final[dict[str, str]] = {
    "CHMOD": "Sets the permissions of a file, as numbers of Unix.",
    "UTIME": "Sets the times of a file; servers disagree on the order of the arguments.",
    "UMASK": "Sets which permissions new files lack.",
    "IDLE": "Sets after how many seconds of silence the server ends the session.",
    "HELP": "Asks which commands of its own the server has.",
    "SYMLINK": "Makes a symbolic link.",
    "CHGRP": "Sets the group of a file.",
    "CPFR": "Names the file that will be copied on the server (ProFTPD).",
    "CPTO": "Copies the file of CPFR on the server (ProFTPD).",
    "MKDIR": "Makes a directory and those above it (ProFTPD).",
    "RMDIR": "Removes a directory (ProFTPD).",
    "COPY": "Copies a file on the server.",
    "QUOTA": "Asks how much of the quota is used.",
    "WHO": "Asks who is logged in.",
    "DIRSTYLE": "Switches between listings as of MS-DOS and of Unix (IIS).",
    "NAMEFMT": "Sets the form of names (OS/400).",
    "LISTFMT": "Sets the form of listings (OS/400).",
    "ZONE": "Asks for the server's time zone.",
    "PSWD": "Changes the password.",
}
"""By the word after SITE, in capitals."""

VALUES: Final[dict[str, dict[str, str]]] = {
    "TYPE": {
        "A": "ASCII: ends of lines are converted", "A N": "ASCII: ends of lines are converted",
        "I": "image: bytes as they are", "L 8": "bytes of 8 bits", "E": "EBCDIC",
    },
    "STRU": {"F": "file", "R": "record", "P": "page"},
    "MODE": {"S": "stream", "B": "block", "C": "compressed", "Z": "deflate"},
    "PROT": {"C": "clear", "S": "safe (integrity only)", "E": "confidential", "P": "private (encrypted)"},
    "AUTH": {
        "TLS": "TLS, data connections as PROT says", "TLS-C": "TLS, data connections in clear",
        "TLS-P": "TLS, data connections encrypted", "SSL": "TLS by its old name, data connections encrypted",
        "GSSAPI": "Kerberos",
    },
    "EPSV": {
        "1": "IPv4", "2": "IPv6", "ALL": "from now on only EPSV is used: routers need not watch PORT and PASV",
    },
}  # fmt: skip
"""What fixed arguments mean, by verb."""
