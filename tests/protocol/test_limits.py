"""Too many connections, in the words of many servers, and what only looks like it."""

from __future__ import annotations

import pytest

from tuiftp.protocol.limits import speaks_of_limit, speaks_of_wrong_login

LIMITS = [
    "421 There are too many connections from your internet address.",
    "Sorry, the maximum number of clients (2) from your host are already connected.",
    "Sorry, max 2 users -- too many logins, no more users allowed",
    "Zu viele Verbindungen von Ihrer Adresse.",
    "Die Höchstzahl der Anmeldungen ist erreicht.",
    "Trop de connexions simultanées.",
    "Nombre maximal d'utilisateurs atteint.",
    "Demasiadas conexiones para este usuario.",
    "Número máximo de usuarios alcanzado.",
    "Troppe connessioni.",
    "Muitas conexões.",
    "Te veel verbindingen.",
    "Zbyt wiele połączeń.",
    "Слишком много подключений с вашего адреса.",
    "Превышено число соединений.",
    "连接数过多，请稍后再试。",
    "已达到最大连接数",
    "連線數已滿",
    "同時接続数が多すぎます。",
    "接続数の上限に達しました。",
    "너무 많은 연결",
]
OTHERS = [
    "Login incorrect.",
    "Login or password incorrect!",
    "Login authentication failed",
    "Too many failed login attempts.",
    "Zu viele Anmeldeversuche.",
    "Anmeldung fehlgeschlagen.",
    "Identifiant ou mot de passe incorrect.",
    "Nombre maximal de tentatives atteint.",
    "Usuario o contraseña incorrectos.",
    "Неверное имя пользователя или пароль.",
    "Слишком много попыток входа.",
    "用户名或密码错误",
    "ログインできません。",
]


@pytest.mark.parametrize("words", LIMITS)
def test_too_many_connections_are_understood_in_many_languages(words: str) -> None:
    assert speaks_of_limit(words)


@pytest.mark.parametrize("words", OTHERS)
def test_a_wrong_password_is_no_limit(words: str) -> None:
    assert not speaks_of_limit(words)


TELLS_NOTHING = (
    "Anmeldung fehlgeschlagen.",
    "ログインできません。",
    "User cannot log in.",
    "Not logged in.",
    "no",
)


@pytest.mark.parametrize("words", [words for words in OTHERS if words not in TELLS_NOTHING])
def test_a_wrong_password_is_plainly_told(words: str) -> None:
    assert speaks_of_wrong_login(words)


@pytest.mark.parametrize("words", TELLS_NOTHING)
def test_some_words_say_neither(words: str) -> None:
    assert not speaks_of_wrong_login(words)
    assert not speaks_of_limit(words)
