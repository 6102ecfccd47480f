"""S7 to S16 (S14 has its own module): no password for those who should not have it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.certificates import Authority, Identity
from tests.support.scripted import ScriptedServer, mischief, quirks
from tests.support.scripted.tree import Content
from tests.support.sites import open_site
from tests.support.tls_liar import Lies, TlsLiar
from tests.transfers.wire import wire_desk
from tuiftp.choices import TlsPolicy
from tuiftp.errors import (
    CertificateRefused,
    ConfigurationError,
    ConnectionFailed,
    LoginRefused,
    ProtocolViolation,
    TlsFailed,
)
from tuiftp.ftp.events import PasswordRefused
from tuiftp.ftp.options import Credentials
from tuiftp.ftp.tls.options import TlsOptions
from tuiftp.ftp.tls.trust import CertificateProblem, PlainTextProblem, TrustAnswer, TrustStore
from tuiftp.secret import Secret
from tuiftp.storage.netrc import find_netrc_password

TREE: dict[str, Content] = {"a.txt": b"hello"}
REQUIRED = TlsOptions(TlsPolicy.REQUIRED)


class Person:
    """Trusts what it is asked about, and remembers it."""

    def __init__(self, answer: TrustAnswer = TrustAnswer.ALWAYS) -> None:
        self.answer = answer
        self.asked: list[CertificateProblem] = []
        self.asked_plain: list[PlainTextProblem] = []

    async def resolve_certificate(self, problem: CertificateProblem) -> TrustAnswer:
        self.asked.append(problem)
        return self.answer

    async def allow_plain(self, problem: PlainTextProblem) -> bool:
        self.asked_plain.append(problem)
        return False


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def liar(authority: Authority) -> Iterator[TlsLiar]:
    with TlsLiar(authority.issue(), files={"/a.txt": b"hello"}) as server:
        yield server


@pytest.mark.parametrize("behind", [b"230 Logged in.\r\n", b"331 Password?\r\n", b"2", b"\r\n"])
async def test_s7_what_stands_behind_the_234_ends_the_connection(
    liar: TlsLiar, authority: Authority, behind: bytes
) -> None:
    liar.lies = Lies(auth=b"234 Proceed.\r\n" + behind)
    options = TlsOptions(TlsPolicy.REQUIRED, ca_file=str(authority.path))
    async with open_site(liar, tls=options, connect=False) as opened:
        with pytest.raises(ProtocolViolation, match="something came in clear"):
            await opened.site.connect()
    assert liar.commands == ["AUTH TLS"]


@pytest.mark.parametrize(
    "answer", [b"502 No.", b"534 Policy.", b"421 Later.", b"200 What?", b"230 You are in."]
)
async def test_s8_where_tls_is_required_nobody_logs_in_without(answer: bytes) -> None:
    async with (
        ScriptedServer(TREE, [mischief.says_raw("AUTH", answer + b"\r\n")]) as server,
        open_site(server, tls=REQUIRED, connect=False) as opened,
    ):
        with pytest.raises((TlsFailed, ConnectionFailed, ProtocolViolation)):
            await opened.site.connect()
        assert set(server.commands) == {"AUTH"}


async def test_s8_a_server_that_has_let_us_in_at_once_is_asked_for_tls_all_the_same() -> None:
    """A 230 for a greeting (somebody between has stripped the rest) is no reason to go on in clear."""
    async with (
        ScriptedServer(TREE, [mischief.banner(b"230 Welcome, you are logged in.\r\n")]) as server,
        open_site(server, tls=REQUIRED, connect=False) as opened,
    ):
        with pytest.raises(TlsFailed, match="no password was sent"):
            await opened.site.connect()
        assert set(server.commands) == {"AUTH"}


async def test_s8_a_server_that_had_tls_and_has_none_now_is_asked_about() -> None:
    trust, person = TrustStore(), Person()
    async with ScriptedServer(TREE) as server:
        trust.note_tls(f"{server.host}:{server.port}")
        wish = TlsOptions(TlsPolicy.IF_OFFERED)
        async with open_site(server, tls=wish, trust=trust, decider=person, connect=False) as opened:
            with pytest.raises(TlsFailed, match="spoke TLS before"):
                await opened.site.connect()
        assert len(person.asked_plain) == 1
        assert set(server.commands) == {"AUTH"}


async def test_s9_a_certificate_is_verified_trusted_by_hand_and_a_change_is_a_stop(tmp_path: Path) -> None:
    trust, person = TrustStore(), Person(TrustAnswer.REFUSE)
    identity = Identity(tmp_path / "own.pem", "127.0.0.1")
    with TlsLiar(identity, files={"/a.txt": b"x"}) as server:
        async with open_site(server, tls=REQUIRED, trust=trust, decider=person, connect=False) as opened:
            with pytest.raises(CertificateRefused):
                await opened.site.connect()
        assert set(server.commands) == {"AUTH TLS"}
        person.answer = TrustAnswer.ALWAYS
        async with open_site(server, tls=REQUIRED, trust=trust, decider=person) as opened:
            assert await opened.names() == ["a.txt"]
        assert trust.trusted() == {f"127.0.0.1:{server.port}": identity.fingerprint}
        server.identity = Identity(tmp_path / "other.pem", "127.0.0.1")
        person.answer, sent = TrustAnswer.REFUSE, len(server.commands)
        async with open_site(server, tls=REQUIRED, trust=trust, decider=person, connect=False) as opened:
            with pytest.raises(CertificateRefused, match="another one than the one that was trusted before"):
                await opened.site.connect()
        assert person.asked[-1].has_changed
        assert set(server.commands[sent:]) == {"AUTH TLS"}


@pytest.mark.parametrize("prot", [b"536 No.\r\n", b"431 Later.\r\n", b"504 Only C.\r\n"])
async def test_s10_nothing_moves_in_clear_where_tls_is_required(
    liar: TlsLiar, authority: Authority, prot: bytes
) -> None:
    liar.lies = Lies(prot=prot)
    options = TlsOptions(TlsPolicy.REQUIRED, ca_file=str(authority.path))
    async with open_site(liar, tls=options, connect=False) as opened:
        with pytest.raises(TlsFailed, match="refuses to encrypt data connections"):
            await opened.site.connect()
    assert not {"LIST", "MLSD", "PASV"} & {line.split()[0] for line in liar.commands}


@pytest.mark.parametrize(
    "greeting", [b"", b"22", b"HTTP/1.1 400 Bad Request\r\n", b"220-Half of a greeting\r\n"]
)
async def test_s11_nothing_is_said_before_a_whole_greeting(greeting: bytes) -> None:
    """What we say to a server of another protocol could be used there (ALPACA): so we wait for a 220."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        server = ScriptedServer(port=listener.getsockname()[1])
        async with open_site(server, tls=REQUIRED, timeout=0.4, connect=False) as opened:
            connecting = asyncio.create_task(opened.site.connect())
            loop = asyncio.get_running_loop()
            talking, _ = await loop.sock_accept(listener)
            with talking:
                await loop.sock_sendall(talking, greeting)
                with pytest.raises((ConnectionFailed, ProtocolViolation)):
                    await connecting
                assert await loop.sock_recv(talking, 4096) == b""


@pytest.mark.parametrize(
    "greeting",
    [
        b"HTTP/1.1 400 Bad Request\r\nServer: \x1b]0;owned\x07\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n", b"+OK POP3\r\n",
        b"* OK IMAP4rev1\r\n", b"\x16\x03\x01\x02\x00", b"RFB 003.008\n", b"\x00" * 70_000, b"{}\n", b"530 Go.\r\n",
    ],
)  # fmt: skip
async def test_s12_who_is_no_ftp_server_gets_no_password(greeting: bytes) -> None:
    async with (
        ScriptedServer(TREE, [mischief.banner(greeting)]) as server,
        open_site(server, timeout=0.5, connect=False) as opened,
    ):
        with pytest.raises((ProtocolViolation, ConnectionFailed)) as caught:
            await opened.site.connect()
        assert server.lines == []
        if greeting.startswith((b"HTTP", b"SSH", b"+", b"*", b"RFB", b"{")):
            assert "this is not an FTP server" in str(caught.value)
        assert not any(sign in str(caught.value) for sign in "\x1b\x07\x00")


async def test_s13_a_connection_is_never_lent_to_another_login() -> None:
    """Two sites on the same host and port: each has its own sessions, logged in by its own name."""
    async with (
        ScriptedServer(TREE) as server,
        open_site(server, user="ann", password="for-ann") as ann,
        open_site(server, user="bob", password="for-bob") as bob,
    ):
        for opened, user in ((ann, "ann"), (bob, "bob"), (ann, "ann")):
            async with opened.site.pool.lease() as endpoint:
                await endpoint.list("/")
                client = endpoint.session.client
                assert client is not None
                number = next(s.number for s in server.sessions if s.peer[1] == client.local[1])
                lines = [one.line for one in server.received if one.conn == number]
                assert lines[:2] == [f"USER {user}".encode(), f"PASS for-{user}".encode()]


@pytest.mark.parametrize(("mode", "is_read"), [(0o600, True), (0o400, True), (0o640, False), (0o604, False)])
def test_s15_a_netrc_that_others_can_read_is_refused(tmp_path: Path, mode: int, is_read: bool) -> None:
    path = tmp_path / ".netrc"
    path.write_text("machine host login kim password s3cret\n")
    path.chmod(mode)
    if is_read:
        assert find_netrc_password(path, "host", "kim") == Secret("s3cret")
        return
    with pytest.raises(ConfigurationError, match="others than you can read it") as caught:
        find_netrc_password(path, "host", "kim")
    assert "s3cret" not in str(caught.value)


async def test_s16_a_wrong_password_is_sent_once_for_a_whole_queue(tmp_path: Path) -> None:
    """Ten files, four at once, and a password that was changed meanwhile: no storm of logins.

    The session that was let in before stands, and brings all ten.
    """
    tree: dict[str, Content] = {f"{number}": b"x" * 100 for number in range(10)}
    users = {"ftptest": "ftppass"}
    async with ScriptedServer(tree, users=users) as server, wire_desk(server, tmp_path / "here") as desk:
        users["ftptest"] = "changed"
        before = server.count("PASS")
        result = await desk.get(*(f"/{number}" for number in range(10)))
        assert result.done == 10
        assert server.count("PASS") - before <= 4
        # Once no session stands with it any more, it is sent one time, and then by nobody.
        refused: list[PasswordRefused] = []
        desk.opened.bus.subscribe(PasswordRefused, refused.append)
        listed = [(f"/{number}", await desk.listed(f"/{number}")) for number in range(10)]
        server.drop_sessions()
        before = server.count("PASS")
        batch = desk.queue.copy(desk.opened.site, listed, desk.disk, str(tmp_path / "again"))
        assert (await desk.over(batch)).done == 0
        assert server.count("PASS") - before == 1
        assert len(refused) == 1


async def test_s16_sessions_that_log_in_together_send_a_wrong_password_once() -> None:
    """As when a queue of an earlier run begins again: four sessions want in, and none has been in before."""
    async with (
        ScriptedServer(TREE, users={"ftptest": "right"}) as server,
        open_site(server, password="wrong", connect=False) as opened,
    ):

        async def lease() -> None:
            async with opened.site.pool.lease():
                pass

        tries = await asyncio.gather(*(lease() for _ in range(4)), return_exceptions=True)
        assert [type(one) for one in tries] == [LoginRefused] * 4
        assert server.count("PASS") == 1
        with pytest.raises(LoginRefused):
            await lease()
        assert server.count("PASS") == 1, "nothing has changed that could make it right"
        opened.site.log_in_as(Credentials("ftptest", Secret("right")))  # as when a person has typed another
        await lease()
        assert server.count("PASS") == 2


async def test_s16_a_refused_login_is_not_repeated() -> None:
    async with (
        ScriptedServer(TREE, users={"ftptest": "right"}) as server,
        open_site(server, password="wrong", connect=False) as opened,
    ):
        with pytest.raises(LoginRefused):
            await opened.site.connect()
        assert server.count("PASS") == 1


async def test_s16_a_server_that_is_full_is_not_stormed(tmp_path: Path) -> None:
    """421 to every further login: the pane's own session is lent, and the server is left in peace."""
    tree: dict[str, Content] = {f"{number}": b"x" * 100 for number in range(10)}
    async with (
        ScriptedServer(tree, [mischief.too_many(1), quirks.refuse("MODE", 500)]) as server,
        wire_desk(server, tmp_path / "here") as desk,
    ):
        result = await desk.get(*(f"/{number}" for number in range(10)))
        assert result.done == 10
        assert server.count("USER") <= 6
