"""Tokens: stable stand-ins for names, paths and addresses, so that a log can be shown to strangers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from tuiftp.protocol.hosts import AddressClass, normalize_host
from tuiftp.protocol.text import MASK, redact
from tuiftp.wirelog.ends import class_of
from tuiftp.wirelog.greetings import CODES, hide_greeting, names_in
from tuiftp.wirelog.records import RecordKind, WireRecord

_NAMES: Final = {
    AddressClass.PUBLIC: "public",
    AddressClass.PRIVATE: "private",
    AddressClass.CGNAT: "cgnat",
    AddressClass.LINK_LOCAL: "linklocal",
    AddressClass.MULTICAST: "multicast",
    AddressClass.RESERVED: "reserved",
}
"""What an address of a class is called. Loopback and 0.0.0.0 are the same everywhere and stay."""
_IPV4 = r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?!\.?\d)"
_IPV6 = r"(?<![\w:.])\[?(?=[0-9A-Fa-f:.]*:[0-9A-Fa-f.]*:)[0-9A-Fa-f:.]*[0-9A-Fa-f:](?:%\w+)?\]?(?![\w])"
_ADDRESS = re.compile(f"{_IPV4}|{_IPV6}")
_SIX = re.compile(r"(?<!\d)\d{1,3}(?:\s*,\s*\d{1,3}){3}(?=\s*,\s*\d{1,3}\s*,\s*\d{1,3}(?!\d))")
_HYPHENS = re.compile(r"(?<!\d)(?<!\d[.-])\d{1,3}(?:([-_])\d{1,3})(?:\1\d{1,3}){2}(?![\d]|-\d)")
"""An address as host names write it: `pool-203-0-113-7`."""
_EMAIL = re.compile(r"(?<!://)(?<![\w.+%'-])[\w.+%'-]+@\w[\w.-]*")
_HOST = re.compile(
    r"(?<![\w.-])(?=[\w.-]*[^\W\d_])(?:\w(?:[\w-]*\w)?\.)+(?:[^\W\d_]{2,24}|xn--[A-Za-z0-9-]{2,59})(?![\w-]|\.\w)"
)
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_PATH = re.compile(r"(?<![\w./>-])(?:/|[A-Za-z]:[\\/]|\\\\)[^\s\"'()<>|,;:]+")
_QUOTED_PATH = re.compile(r"([\"'“‘])((?:/|[A-Za-z]:[\\/]|\\\\)[^\"'”’]*)(?=[\"'”’])")
_URL_USER = re.compile(r"(?<=://)[^\s/@]+@")
_PATH_VERBS: Final = frozenset({
    "CWD", "RETR", "STOR", "APPE", "STOU", "DELE", "RMD", "MKD", "RNFR", "RNTO", "LIST", "NLST", "MLSD", "MLST",
    "SIZE", "MDTM", "MFMT", "STAT", "XCRC", "XMD5", "XSHA1", "XSHA256", "HASH", "MD5", "SITE", "XCWD", "XMKD",
    "XRMD", "SMNT", "AVBL",
})  # fmt: skip
_KEPT_SITE: Final = frozenset({"CHMOD", "UTIME", "HELP", "IDLE", "UMASK", "SYMLINK", "CPFR", "CPTO", "ZONE"})
# Facts of MLST, and where a server sends its users, look like hosts and are none that matter.
_KEPT_HOSTS: Final = re.compile(r"filezilla-project\.org\Z|\A(?:unix|win32|os|media)\.", re.IGNORECASE)
_FINGERPRINT = re.compile(r"\b(?:[0-9A-Fa-f]{2}:){15,}[0-9A-Fa-f]{2}\b|\b[0-9A-Fa-f]{40,}\b")
_MOST_WORDS: Final = 3_000


class Tokens:
    """Gives each thing its token, the same each time: `private-1`, `public-2`, `user-1`, `path-3`, `host-1`."""

    def __init__(
        self, *, secrets: Iterable[str] = (), users: Iterable[str] = (), hosts: Iterable[str] = ()
    ) -> None:
        """Begins.

        Args:
            secrets: Texts that are masked wherever they stand.
            users: User names that are known; those of USER commands are learned.
            hosts: Host names that are known; names with dots are recognized.
        """
        self._secrets = sorted((text for text in secrets if len(text) >= 3), key=len, reverse=True)
        self._given: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}
        self._words: dict[str, str] = {}
        self._pattern: re.Pattern[str] | None = None
        self._greetings: dict[int, str] = {}
        for user in users:
            self._learn("user", user)
        for host in hosts:
            if class_of(host) is None:
                self._learn("host", host)

    def learn(self, record: WireRecord) -> None:
        """Learns users and paths of commands, and names in greetings: they are hidden elsewhere too."""
        if record.kind is RecordKind.REPLY:
            self._learn_greeting(record.text, record.conn)
            return
        if record.kind is not RecordKind.COMMAND:
            return
        verb, _, argument = record.text.strip().partition(" ")
        verb = verb.upper()
        if verb == "USER" and argument.strip().lower() not in ("anonymous", "ftp"):
            self._learn("user", argument.strip())
        elif verb in _PATH_VERBS and verb != "SITE":
            path = _path_of(verb, argument)
            self._learn("path", path)

    def _learn_greeting(self, text: str, conn: int) -> None:
        if self._greetings.get(conn) is None and text[:3] not in CODES:
            return
        self._follow(text, conn)

        def learn(run: str) -> str:
            for name in names_in(run):
                self._learn("text", name)
            return run

        hide_greeting(text, learn)

    def hide(self, text: str) -> str:
        """Redacts a text: replaces what must not be published by tokens."""
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        text = _URL_USER.sub(lambda match: f"{self._token('user', match[0][:-1])}@", text)
        text = _FINGERPRINT.sub(lambda match: self._token("fingerprint", match[0]), text)
        text = self._hide_words(text)
        text = _EMAIL.sub(lambda match: self._token("email", match[0].rstrip(".-").lower()), text)
        text = _QUOTED_PATH.sub(lambda match: match[1] + self._path(match[2]), text)
        text = _HYPHENS.sub(lambda match: self._address(re.sub("[-_]", ".", match[0]), match[0]), text)
        text = _SIX.sub(lambda match: self._address(re.sub(r"\s*,\s*", ".", match[0]), match[0]), text)
        text = _ADDRESS.sub(lambda match: self._address(match[0].strip("[]"), match[0]), text)
        text = _PATH.sub(lambda match: self._path(match[0]), text)
        return _HOST.sub(lambda match: self._host(match[0]), text)

    def hide_command(self, text: str) -> str:
        """The same for a command line, whose argument is known to be a path or a user name."""
        line = redact(text.strip())
        verb, space, argument = line.partition(" ")
        name = verb.upper()
        if not argument:
            return line if line.isalpha() else self.hide(line)
        if argument.endswith(MASK):
            return line
        if name == "USER":
            is_known = argument.lower() in ("anonymous", "ftp")
            return line if is_known else f"{verb}{space}{self._token('user', argument)}"
        if name == "SITE":
            word, gap, rest = argument.partition(" ")
            kept = word if word.upper() in _KEPT_SITE else "…"
            return f"{verb} {kept}{gap}{self._token('path', rest) if rest else ''}"
        if name in _PATH_VERBS:
            path = _path_of(name, argument)
            before = argument[: len(argument) - len(path)] if path else argument
            return f"{verb}{space}{before}{self._token('path', path) if path else ''}"
        return self.hide(line)

    def hide_reply(self, text: str, conn: int = 0) -> str:
        """The same for a line of a reply: what 257 quotes is a path, and a greeting is its owner's own text.

        Args:
            text: The line.
            conn: On which connection; the inner lines of a greeting have no code.
        """
        code = text[:3]
        within = self._greetings.get(conn)
        if within is not None or code in CODES:
            self._follow(text, conn)
            head = text[:4] if code in CODES and text[3:4] in ("", " ", "-") else ""
            return head + hide_greeting(self.hide(text[len(head) :]), self._free_text)
        head = text[:4] if code.isdigit() and text[3:4] in (" ", "-") else ""
        if code == "257":
            text = _QUOTED.sub(lambda match: f'"{self._path(match[1])}"', text)
        return head + self.hide(text[len(head) :])

    def _follow(self, text: str, conn: int) -> None:
        """Notes whether a greeting goes on with the next line."""
        within = self._greetings.get(conn)
        if within is None and text[3:4] == "-":
            self._greetings[conn] = text[:3]
        elif within is not None and text[:4] in (within, f"{within} "):
            del self._greetings[conn]

    def _free_text(self, run: str) -> str:
        return self._token("text", run)

    def _hide_words(self, text: str) -> str:
        if not self._words:
            return text
        if self._pattern is None:
            words = sorted(self._words, key=len, reverse=True)
            self._pattern = re.compile(r"(?<![\w.-])(?:" + "|".join(map(re.escape, words)) + r")(?![\w-])")
        return self._pattern.sub(lambda match: self._words.get(match[0], match[0]), text)

    def _learn(self, kind: str, word: str) -> None:
        if (
            len(word) < 2
            or word in ("/", ".", "..")
            or word in self._words
            or len(self._words) >= _MOST_WORDS
        ):
            return
        self._words[word] = self._token(kind, word)
        self._pattern = None

    def _address(self, host: str, written: str) -> str:
        kind = class_of(host)
        if kind is None or kind not in _NAMES:
            return written
        token = self._token(_NAMES[kind], normalize_host(host))
        return f"[{token}]" if written.startswith("[") else token

    def _path(self, path: str) -> str:
        return path if path in ("/", "") else self._token("path", path)

    def _host(self, name: str) -> str:
        return name if _KEPT_HOSTS.search(name) else self._token("host", name.lower())

    def _token(self, kind: str, value: str) -> str:
        key = (kind, value)
        token = self._given.get(key)
        if token is None:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            token = self._given[key] = f"{kind}-{self._counts[kind]}"
        return token


def _path_of(verb: str, argument: str) -> str:
    """The path in a command's argument: without the options of LIST, and the time of MFMT."""
    if verb in ("LIST", "NLST", "STAT") and argument.startswith("-"):
        return argument.partition(" ")[2]
    if verb in ("MFMT", "MFCT", "MFF", "MDTM"):
        first, _, rest = argument.partition(" ")
        return rest if rest and first[:1].isdigit() else argument
    return argument
