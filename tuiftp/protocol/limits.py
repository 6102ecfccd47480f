"""Tells refused logins apart, in the languages of servers: too many connections, or a wrong user or password."""

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
_WRONG = re.compile(
    r"incorrect|invalid|\bwrong\b|bad (user|pass)|password|passphrase|authenti[cf]ation (failed|failure|error)"
    r"|falsch|ungültig|kennwort|passwort"  # German
    r"|mot de passe|identifiant|contraseñ|senha|inválid|erron|errat|parola d"  # French, Spanish, Portuguese, Italian
    r"|wachtwoord|onjuist|verkeerd|hasł|heslo|nesprávn|nieprawidł|jelsz|lösenord|adgangskode|passord|salasana|şifre|κωδικ"
    r"|неверн|неправильн|парол|невірн"  # Russian, Ukrainian
    r"|密码|密碼|口令|パスワード|비밀번호|암호",  # Chinese, Japanese, Korean
    re.IGNORECASE,
)


def speaks_of_limit(text: str) -> bool:
    """Whether a refused login speaks of too many connections; not of too many wrong passwords.

    Args:
        text: The server's words; with its code, a 421 speaks of it too.
    """
    return _LIMIT.search(text) is not None and _ATTEMPTS.search(text) is None


def speaks_of_wrong_login(text: str) -> bool:
    """Whether a refused login plainly says that user or password are wrong, or were wrong too often.

    Such a password is not sent again by itself, even where a session that stands speaks for a limit.

    Args:
        text: The server's words.
    """
    return _WRONG.search(text) is not None or _ATTEMPTS.search(text) is not None
