"""Recognizes refusals for too many connections at login, in the languages of servers."""

from __future__ import annotations

import re

_LIMIT = re.compile(
    r"\b421 |too many|maximum|\blimit|already|can.?t accept|more than|no more (users|connections|logins)"
    r"|server (is )?(full|busy)"
    r"|zu viele|maximal|höchst(zahl|grenze|anzahl)|bereits|obergrenze"  # German
    r"|trop d|\bmaximal|limite|déjà"  # French
    r"|demasiad|máxim|límite|excedid"  # Spanish, Portuguese
    r"|muit[ao]s (conex|liga|usu|utiliz)"  # Portuguese
    r"|tropp[eio]|massimo"  # Italian
    r"|te veel|maximaa?l"  # Dutch
    r"|zbyt (wiel|duż)|za dużo|maksymaln|przekroczon"  # Polish
    r"|příliš mnoho|maximáln"  # Czech
    r"|túl sok|för många|for mange|liikaa|liian mont|çok fazla|πάρα πολλ|prea mul"
    r"|слишком много|превы(шен|си)|максимальн|лимит|предел"  # Russian
    r"|забагато|занадто багато|перевищен"  # Ukrainian
    r"|太多|过多|過多|上限|最大|超过|超過|超出|已达|已達|已满|已滿"  # Chinese
    r"|多すぎ|制限|超え|同時接続|同時ログイン"  # Japanese
    r"|너무 많|초과|최대|한도",  # Korean
    re.IGNORECASE,
)
_ATTEMPTS = re.compile(
    r"attempt|\btries\b|retries|failed login|failures|versuch|tentativ|intentos|prób|pokus|попыт|спроб"
    r"|尝试|嘗試|試行|次数|시도",
    re.IGNORECASE,
)
"""It is about passwords that were tried, and not about connections."""


def speaks_of_limit(text: str) -> bool:
    """Whether a refused login speaks of too many connections; not of too many wrong passwords.

    Args:
        text: The server's words; with its code, a 421 speaks of it too.
    """
    return _LIMIT.search(text) is not None and _ATTEMPTS.search(text) is None
