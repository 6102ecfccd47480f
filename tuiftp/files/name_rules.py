"""Names that a disk cannot have as they are, and names that it takes for one and the same. Pure.

A remote name is bytes; a local one must be something that the file system can encode. What it cannot have is
written as `%XX`, so that the file arrives all the same, and the user is told.
"""

from __future__ import annotations

import re
import sys
import unicodedata

_UNFIT_ON_WINDOWS = re.compile(r'[\x00-\x1f\\:<>"|?*]')
_DEVICE = re.compile(r"(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³])[ ]*(\.|\Z)", re.IGNORECASE)


def fit_name(name: str, *, encoding: str | None = None, windows: bool | None = None) -> str:
    """The name under which a file can be kept on this disk: its own, or that with `%XX` for what cannot be.

    Whether it is one component at all is not judged here: `/` and NUL stay, and are refused later.

    Args:
        name: A name that a server gave.
        encoding: The file system's encoding; this machine's by default.
        windows: Whether the rules of Windows hold; by default, whether this is Windows.
    """
    encoding = encoding or sys.getfilesystemencoding()
    if not (name.isascii() or _is_encodable(name, encoding)):
        name = "".join(char if _is_encodable(char, encoding) else _escaped(char) for char in name)
    if sys.platform == "win32" if windows is None else windows:
        name = _UNFIT_ON_WINDOWS.sub(lambda sign: _escaped(sign[0]), name)
        if name[-1:] in (".", " ") and name not in (".", ".."):
            name = name[:-1] + _escaped(name[-1])
        if _DEVICE.match(name):
            name = _escaped(name[0]) + name[1:]
    return name


def _is_encodable(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding, "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


def _escaped(char: str) -> str:
    if "\udc80" <= char <= "\udcff":  # a byte that did not decode
        return f"%{ord(char) - 0xDC00:02X}"
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogatepass"))


def spelling_key(name: str) -> str:
    """The same for all names that some disk takes for one: case, composed or not, dots and spaces at the end."""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
    return folded.rstrip(". ") or folded


def other_spellings(name: str) -> tuple[str, ...]:
    """Names that differ from this one only in case or Unicode form: where they lead to it, spelling is no matter."""
    variants = [name.swapcase(), *(unicodedata.normalize(form, name) for form in ("NFC", "NFD"))]
    same = spelling_key(name)
    return tuple(dict.fromkeys(one for one in variants if one != name and spelling_key(one) == same))
