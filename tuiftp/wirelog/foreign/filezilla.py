"""FileZilla's message log: copied from its window, or from its log file; in the languages most used."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time

from tuiftp.wirelog.ends import split_end
from tuiftp.wirelog.foreign.builder import Builder
from tuiftp.wirelog.foreign.failures import BROKEN, why_failed
from tuiftp.wirelog.foreign.model import ForeignLog, Reader

_WORDS = {
    "status": ("Status", "Statut", "Estado", "Stato", "Статус", "状态", "狀態", "状態", "Stav", "Durum"),
    "command": (
        "Command", "Befehl", "Commande", "Comando", "Opdracht", "Polecenie", "Команда", "命令", "コマンド", "Příkaz",
        "Komut",
    ),
    "response": (
        "Response", "Antwort", "Réponse", "Respuesta", "Risposta", "Resposta", "Antwoord", "Odpowiedź", "Ответ",
        "响应", "回應", "レスポンス", "Odpověď", "Yanıt",
    ),
    "error": (
        "Error", "Fehler", "Erreur", "Errore", "Erro", "Fout", "Błąd", "Ошибка", "错误", "錯誤", "エラー",
        "Chyba", "Hata",
    ),
    "trace": ("Trace", "Listing", "Verzeichnis"),
}  # fmt: skip
_KINDS = {word.casefold(): kind for kind, words in _WORDS.items() for word in words}
_NAMES = "|".join(sorted(map(re.escape, _KINDS), key=len, reverse=True))
_LINE = re.compile(
    r"\s*(?:(?P<date>\d{4}-\d\d-\d\d) )?(?:(?P<time>\d\d:\d\d:\d\d)\s+)?(?:\d+ (?P<engine>\d+) )?"
    rf"(?P<name>{_NAMES})\s?[:：]\s*(?P<text>.*?)\s*\Z",
    re.IGNORECASE,
)
_CONNECTING = re.compile(r"\S+ .*?(\[?[0-9A-Fa-f.:]+\]?:\d+)\s*(?:\.\.\.|…)|.*?(\d+\.\d+\.\d+\.\d+:\d+)")
_ESTABLISHED = re.compile(
    r"connection established|verbindung hergestellt|connexion établie|conexión establecida", re.I
)
_GONE = re.compile(r"disconnected from server|verbindung zum server getrennt|déconnecté du serveur", re.I)
_TLS = re.compile(
    r"\bTLS\b.*(?:established|hergestellt|établie|establecida)|TLS/SSL connection established", re.I
)
_DATA = re.compile(r"data connection|transfer connection|directory listing|datenverbindung", re.I)

_INSTEAD = re.compile(r"using server address instead|stattdessen die Serveradresse", re.IGNORECASE)
"""It connects to another address than the reply to PASV names."""


def _is_typical(line: str) -> bool:
    return _LINE.match(line) is not None


def _read(lines: Sequence[str]) -> ForeignLog:
    reading = _Reading()
    for line in lines:
        match = _LINE.match(line)
        if match is None:
            if line.strip():
                reading.builder.broken()
            continue
        reading.take(match)
    return reading.builder.finish()


class _Reading:
    """The state of reading one log."""

    def __init__(self) -> None:
        self.builder = Builder("FileZilla")
        self._conns: dict[str, int] = {}
        self._count = 0
        self._peers: dict[int, tuple[str, int]] = {}
        self._open: set[int] = set()

    def take(self, match: re.Match[str]) -> None:
        """Takes a line."""
        self._set_time(match)
        engine = match["engine"] or ""
        conn = self._conns.get(engine) or self._new(engine)
        kind, text = _KINDS[match["name"].casefold()], match["text"]
        if kind == "command":
            self.builder.command(conn, text)
        elif kind == "response":
            self.builder.reply(conn, text)
        elif kind == "error":
            self._error(conn, text)
        elif kind == "status":
            self._status(engine, conn, text)

    def _new(self, engine: str) -> int:
        self._count += 1
        self._conns[engine] = self._count
        return self._count

    def _set_time(self, match: re.Match[str]) -> None:
        if not match["time"]:
            return
        try:
            if match["date"]:
                self.builder.set_time(datetime.fromisoformat(f"{match['date']}T{match['time']}+00:00"))
            else:
                self.builder.set_time_of_day(time.fromisoformat(match["time"]))
        except ValueError:
            pass  # 99:99:99: the line still counts

    def _status(self, engine: str, conn: int, text: str) -> None:
        end = _end_of(text)
        if end is not None and conn not in self._open and not _TLS.search(text):
            if conn in self._peers:
                conn = self._new(engine)
            self._peers[conn] = end
            self.builder.connecting(conn, *end)
        elif _TLS.search(text):
            self.builder.status(conn, "TLS 1 on the control connection")
        elif _ESTABLISHED.search(text) and conn in self._peers:
            self._open.add(conn)
            self.builder.connected(conn, *self._peers[conn])
        elif _GONE.search(text):
            self._open.discard(conn)
            self.builder.closed(conn)
        else:
            if _INSTEAD.search(text) and conn in self._peers:
                self.builder.goes_to(conn, self._peers[conn][0])
            self.builder.status(conn, text)

    def _error(self, conn: int, text: str) -> None:
        why = why_failed(text)
        if why is not None and conn in self._open and self.builder.may_fail(conn):
            self.builder.dial_failed(conn, why)
        elif BROKEN.search(text) and not _DATA.search(text):
            self._open.discard(conn)
            self.builder.lost(conn, text)
        else:
            self.builder.error(conn, text)


def _end_of(text: str) -> tuple[str, int] | None:
    match = _CONNECTING.match(text)
    return split_end(match[1] or match[2]) if match else None


READER = Reader("FileZilla", _is_typical, _read)
"""For FileZilla's logs."""
