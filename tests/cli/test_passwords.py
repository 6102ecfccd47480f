"""Passwords come from the URL, TUIFTP_PASSWORD, ~/.netrc and a prompt, in that order, and are told to nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from tuiftp.cli.passwords import find_credentials, prompt_nobody
from tuiftp.errors import ConfigurationError
from tuiftp.ftp.options import Credentials
from tuiftp.protocol.url import parse_url
from tuiftp.secret import Secret
from tuiftp.storage.netrc import find_netrc_password, parse_netrc

NETRC = "machine ftp.example.com login bob password from-netrc\n"


def write_netrc(home: Path, text: str = NETRC, mode: int = 0o600) -> Path:
    path = home / ".netrc"
    path.write_text(text)
    path.chmod(mode)
    return path


class Prompt:
    """Answers once and remembers what it was asked."""

    def __init__(self, answer: str | None = "from-prompt") -> None:
        self.answer = answer
        self.asked: list[str] = []

    def __call__(self, words: str) -> Secret | None:
        self.asked.append(words)
        return None if self.answer is None else Secret(self.answer)


def found(
    url: str,
    home: Path,
    *,
    user: str | None = None,
    environ: dict[str, str] | None = None,
    prompt: Prompt | None = None,
) -> Credentials:
    return find_credentials(
        parse_url(url), user=user, prompt=prompt or Prompt(), environ=environ or {}, home=home
    )


def test_without_a_user_it_is_anonymous(tmp_path: Path) -> None:
    write_netrc(tmp_path)
    login = found("ftp://ftp.example.com/", tmp_path, environ={"TUIFTP_PASSWORD": "x"})
    assert login == Credentials()
    assert login.user == "anonymous"


def test_anonymous_is_never_asked_for_a_password(tmp_path: Path) -> None:
    prompt = Prompt()
    assert found("ftp://anonymous@h/", tmp_path, prompt=prompt).password == Secret("anonymous@")
    assert prompt.asked == []


def test_the_order_of_the_places(tmp_path: Path) -> None:
    write_netrc(tmp_path)
    environ = {"TUIFTP_PASSWORD": "from-environment"}
    at = "ftp.example.com/"
    assert found(f"ftp://bob:from-url@{at}", tmp_path, environ=environ).password == Secret("from-url")
    assert found(f"ftp://bob@{at}", tmp_path, environ=environ).password == Secret("from-environment")
    assert found(f"ftp://bob@{at}", tmp_path).password == Secret("from-netrc")
    assert found(f"ftp://eve@{at}", tmp_path).password == Secret("from-prompt")


def test_what_is_kept_comes_after_netrc_and_before_the_prompt(tmp_path: Path) -> None:
    asked: list[str] = []

    def kept(key: str) -> Secret | None:
        asked.append(key)
        return Secret("from-keyring")

    prompt = Prompt()
    target = parse_url("ftp://bob@ftp.example.com:2121/")
    login = find_credentials(target, prompt=prompt, environ={}, home=tmp_path, kept=kept)
    assert login.password == Secret("from-keyring")
    assert asked == ["bob@ftp.example.com:2121"]
    assert prompt.asked == []
    write_netrc(tmp_path)
    login = find_credentials(target, prompt=prompt, environ={}, home=tmp_path, kept=kept)
    assert login.password == Secret("from-netrc")


def test_an_empty_password_in_the_url_is_one(tmp_path: Path) -> None:
    assert found("ftp://bob:@h/", tmp_path).password == Secret("")


def test_the_user_option_serves_where_the_url_names_none(tmp_path: Path) -> None:
    write_netrc(tmp_path)
    assert found("ftp.example.com", tmp_path, user="bob") == Credentials("bob", Secret("from-netrc"))
    assert found("ftp://ann:a@ftp.example.com", tmp_path, user="bob").user == "ann"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_netrc_that_others_can_touch_is_refused_with_a_reason(tmp_path: Path, mode: int) -> None:
    path = write_netrc(tmp_path, mode=mode)
    prompt = Prompt()
    assert found("ftp://bob@ftp.example.com", tmp_path, prompt=prompt).password == Secret("from-prompt")
    assert f"chmod 600 {path}" in prompt.asked[0]
    with pytest.raises(ConfigurationError, match="others than you can read it"):
        found("ftp://bob@ftp.example.com", tmp_path, prompt=Prompt(None))


def test_nobody_to_ask_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"no password for bob@h .*TUIFTP_PASSWORD"):
        find_credentials(parse_url("ftp://bob@h"), prompt=prompt_nobody, environ={}, home=tmp_path)


def test_what_is_found_is_not_printed() -> None:
    assert "secret" not in repr(Credentials("bob", Secret("secret")))
    assert "secret" not in repr(parse_netrc("machine h login bob password secret"))


@pytest.mark.parametrize(
    ("text", "user", "password"),
    [
        ("machine h login bob password p", "bob", "p"),
        ("machine H\n\tlogin bob\n\tpassword p\n", "bob", "p"),
        ("machine h login ann password a\nmachine h login bob password b", "bob", "b"),
        ("machine other login bob password x\ndefault login bob password d", "bob", "d"),
        ("machine h password any", "bob", "any"),
        ("machine h login bob account acct password p", "bob", "p"),
        ('machine h login bob password "with space \\" and quote"', "bob", 'with space " and quote'),
        ("# machine h login bob password commented\nmachine h login bob password p", "bob", "p"),
        (
            "machine x\nmacdef init\nmachine h login bob password macro\n\nmachine h login bob password p",
            "bob",
            "p",
        ),
        ("machine h login bob password #no-comment", "bob", "#no-comment"),
        ("machine h login ann password a", "bob", None),
        ("machine h login bob", "bob", None),
        ("password p login bob", "bob", None),
        ("machine", "bob", None),
        ("", "bob", None),
    ],
)
def test_netrc_is_read_as_ftp_reads_it(tmp_path: Path, text: str, user: str, password: str | None) -> None:
    wanted = None if password is None else Secret(password)
    assert find_netrc_password(write_netrc(tmp_path, text), "h", user) == wanted


def test_no_netrc_is_no_error(tmp_path: Path) -> None:
    assert find_netrc_password(tmp_path / ".netrc", "h", "bob") is None
