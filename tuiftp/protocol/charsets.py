"""Guesses the encoding (charset) of a server's file names from the names seen so far.

Names are short, so detectors made for prose fail on them. Here each candidate decodes all names, and a model of
the language that is written in it says how likely the result is (`charset_models`). A guess is only ever offered:
it decides what is shown, and never what is sent.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from tuiftp.protocol import charset_models as models
from tuiftp.protocol.charset_models import Model, score

_CANDIDATES: tuple[tuple[str, Model, float], ...] = (
    ("cp1252", models.WEST, 0.0),
    ("cp932", models.JAPANESE, 0.0),
    ("euc_jp", models.JAPANESE, -0.5),
    ("gb18030", models.SIMPLIFIED, 0.0),
    ("big5", models.TRADITIONAL, 0.0),
    ("cp949", models.KOREAN, 0.0),
    ("cp1251", models.CYRILLIC, 0.0),
    ("koi8_r", models.CYRILLIC, -0.5),
    ("koi8_u", models.CYRILLIC, -1.0),
    ("cp866", models.CYRILLIC, -0.5),
    ("cp1250", models.CENTRE, -0.5),
    ("iso8859_2", models.CENTRE, -0.7),
    ("cp852", models.CENTRE, -2.0),
    ("cp850", models.WEST, -1.5),
    ("cp1253", models.GREEK, -0.5),
    ("cp1254", models.TURKISH, -0.7),
    ("cp1255", models.HEBREW, -0.7),
    ("cp1256", models.ARABIC, -0.7),
    ("cp1257", models.BALTIC, -1.0),
    ("cp874", models.THAI, -0.7),
    ("mac_roman", models.WEST, -3.0),
)
"""Encodings with the model of what is written in them, and how much rarer they are than the usual ones."""

_MAX_NAMES = 10_000
_MAX_SAMPLE = 200
_MAX_BYTES = 255
_UNDECODABLE = -5.0
"""For each byte beyond ASCII of a name that does not decode."""
_SPREAD = 2.0
"""How many times surer a model is of itself than it should be: letters that stand together are not independent."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A guessed encoding of a server's file names."""

    encoding: str
    """A codec of Python's."""
    confidence: float
    """From 0 to 1; what is below about 0.7 should only be offered together with others."""
    sample: str
    """The name that shows it best, as it reads then; empty where all names are ASCII."""


def guess_charset(names: Iterable[bytes]) -> Guess:
    """The encoding in which these names make most sense. Never raises.

    UTF-8 first: other text is hardly ever valid UTF-8 by chance. Names that are ASCII tell nothing; where all
    are, the answer is UTF-8.

    Args:
        names: Names as the server sent them. A few that do not decode are forgiven.
    """
    ranked = rank_charsets(names)
    return ranked[0]


def rank_charsets(names: Iterable[bytes]) -> list[Guess]:
    """All candidates that decode anything, the likeliest first; of those that read alike, one. Never empty."""
    seen = dict.fromkeys(name[:_MAX_BYTES] for name in islice(names, _MAX_NAMES) if not name.isascii())
    sample = list(islice(seen, _MAX_SAMPLE))
    if not sample:
        return [Guess("utf-8", 1.0, "")]
    share = _utf8_share(sample)
    if share >= 0.8:
        return [Guess("utf-8", share, _show(sample, "utf-8"))]
    weighed = sorted(
        ((_weigh(sample, encoding, model) + prior, encoding) for encoding, model, prior in _CANDIDATES),
        reverse=True,
    )
    return _guesses(sample, weighed, share)


def _guesses(sample: Sequence[bytes], weighed: Sequence[tuple[float, str]], share: float) -> list[Guess]:
    best = weighed[0][0]
    by_reading: dict[tuple[str, ...], tuple[str, float]] = {}
    for weight, encoding in weighed:
        reading = tuple(name.decode(encoding, "replace") for name in sample)
        chance = math.exp((weight - best) / _SPREAD)
        by_reading.setdefault(reading, (encoding, chance))
    whole = sum(chance for _, chance in by_reading.values()) / (1 - share)
    return [
        Guess(encoding, chance / whole, _show(sample, encoding)) for encoding, chance in by_reading.values()
    ]


def _utf8_share(sample: Sequence[bytes]) -> float:
    """How sure it is UTF-8: the share of names that are, and less where only few bytes say so."""
    valid = characters = 0
    for name in sample:
        # A name that was cut may end within a character.
        text = name.decode("utf-8", "ignore") if len(name) == _MAX_BYTES else _decoded(name, "utf-8")
        if text is not None:
            valid += 1
            characters += sum(char >= "\x80" for char in text)
    return valid / len(sample) * (1 - 0.1**characters)


def _weigh(sample: Sequence[bytes], encoding: str, model: Model) -> float:
    total = 0.0
    for name in sample:
        text = _decoded(name, encoding)
        total += _UNDECODABLE * sum(byte >= 0x80 for byte in name) - 3 if text is None else score(text, model)
    return total


def _decoded(name: bytes, encoding: str) -> str | None:
    try:
        return name.decode(encoding)
    except UnicodeDecodeError:
        return None


def _show(sample: Sequence[bytes], encoding: str) -> str:
    """The name with most characters beyond ASCII among those that decode."""
    texts = [text for name in sample if (text := _decoded(name, encoding)) is not None]
    return max(texts, key=lambda text: sum(char >= "\x80" for char in text), default="")
