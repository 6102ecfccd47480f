"""Display titles of the encodings that servers write file names in."""

from __future__ import annotations

import codecs
from collections.abc import Mapping

CHARSETS: Mapping[str, str] = {
    "utf-8": "UTF-8",
    "cp1252": "Western (Windows-1252)",
    "iso8859-15": "Western (ISO 8859-15)",
    "cp850": "Western (DOS 850)",
    "cp437": "Western (DOS 437)",
    "mac-roman": "Western (Mac Roman)",
    "cp932": "Shift-JIS",
    "euc_jp": "Japanese (EUC-JP)",
    "gb18030": "Chinese (GB18030)",
    "big5": "Chinese (Big5)",
    "cp949": "Korean (EUC-KR)",
    "cp1251": "Cyrillic (Windows-1251)",
    "koi8-r": "Cyrillic (KOI8-R)",
    "koi8-u": "Cyrillic (KOI8-U)",
    "cp866": "Cyrillic (DOS 866)",
    "iso8859-5": "Cyrillic (ISO 8859-5)",
    "cp1250": "Central European (Windows-1250)",
    "iso8859-2": "Central European (ISO 8859-2)",
    "cp852": "Central European (DOS 852)",
    "cp1253": "Greek (Windows-1253)",
    "cp1254": "Turkish (Windows-1254)",
    "cp1255": "Hebrew (Windows-1255)",
    "cp1256": "Arabic (Windows-1256)",
    "cp1257": "Baltic (Windows-1257)",
    "cp874": "Thai (Windows-874)",
}
"""Encodings by the name that Python's codec has, with what they are called."""


def title_of(encoding: str) -> str:
    """What an encoding is called; its own name where it is none of these."""
    try:
        return CHARSETS.get(codecs.lookup(encoding).name, encoding)
    except LookupError:
        return encoding
