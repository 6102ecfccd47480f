"""Free text of greetings: what a server's owner wrote in it is hidden, what tells of the software stays."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

CODES: Final = frozenset({"220", "221", "230", "232"})
"""Replies whose text its owner writes: greeting, farewell, what follows a login."""
_SOFTWARE: Final = re.compile(
    r"(?:vsFTPd|ProFTPD|Pure-FTPd|FileZilla(?: Server)?|Microsoft FTP Service|Serv-U(?: FTP Server)?|"
    r"WS_FTP(?: Server)?|"
    r"Titan FTP Server|CrushFTP|Xlight FTP Server|Cerberus FTP Server|Gene6 FTP Server|"
    r"glFTPd|wu-ftpd|NcFTPd(?: Server)?|"
    r"pyftpdlib|bftpd|Cesar FTP|Apache FtpServer|Rebex FTP Server|Wing FTP Server|SolarFTP|MikroTik|Synology|QNAP|"
    r"DrayTek|FRITZ!Box\w*|GlobalSCAPE(?: Secure FTP Server)?|IBM FTP CS|FTPserve|JES\w*|VxWorks|"
    r"Linux|Windows(?: NT)?|UNIX|MVS|OS/400|AS/400|OpenVMS|TLS|SSL|Scripted server)"
    r"(?:[ /_-]*(?:v|ver|version|release)?[ .]*\d[\w.+~-]*)?",
    re.IGNORECASE,
)
_WORDS: Final = """
    a access account active after all allowed also an and anonymous any anymore are as at authorized
    available banner be been before being bye bytes can client closing code command commands connected
    connection connections control currently data directory disconnecting do done download enabled enter
    entered error existed existing expected expires failed features file files first for free from ftp ftps
    goodbye granted guest has have hello help here home hour hours idle in inactivity information inactive
    interactive is it ipv4 ipv6 kbytes later left limit limited local log logged login logging logon logout
    maximum mb minute minutes mode must name no not now number occurred of off ok okay on only or other out
    over overall pass password passive per permission permitted please port prior privacy private proceed
    public quit quota read ready remain remaining restricted restrictions root second seconds secure server
    servers service session size so space start statistics sub-directory successful successfully supported
    system test thank that the there this time timeout to today too total transfer transferred transfers
    type unauthorized unlimited until up upload uploads use used user users using version via was welcome
    were will with work you your
"""
_ORDINARY: Final = frozenset(_WORDS.split())
"""Words that say nothing about whose server it is."""
_WORD: Final = re.compile(r"[^\W\d_](?:[\w'’-]*[^\W_])?")
_TOKEN: Final = re.compile(
    r"\b(?:private|public|cgnat|linklocal|multicast|reserved|user|path|host|email|fingerprint|text)-\d+\b"
)


def hide_greeting(text: str, hide: Callable[[str], str]) -> str:
    """Replaces each run of words that are not ordinary, nor name the software.

    Args:
        text: The line without its code; what else must be hidden in it has its token already.
        hide: Gives the token of a run.
    """
    kept, place = [], 0
    for start, end in _runs(text):
        kept += [text[place:start], hide(text[start:end])]
        place = end
    return "".join([*kept, text[place:]])


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """Where words stand that are to be hidden; with nothing but spaces between, they are one run."""
    stays = [match.span() for pattern in (_SOFTWARE, _TOKEN) for match in pattern.finditer(text)]
    start = end = -1
    for match in _WORD.finditer(text):
        if match[0].lower() in _ORDINARY or any(low <= match.start() < high for low, high in stays):
            continue
        if start >= 0 and text[end : match.start()].isspace():
            end = match.end()
            continue
        if start >= 0:
            yield start, end
        start, end = match.span()
    if start >= 0:
        yield start, end


def names_in(run: str) -> list[str]:
    """The words of a run that are likely to be names, and are hidden elsewhere too."""
    return [word for word in _WORD.findall(run) if len(word) > 2 and word != word.lower()]
