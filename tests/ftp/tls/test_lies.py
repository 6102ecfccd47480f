"""Servers, and people between, that lie under TLS: nothing is believed that was not protected, and nothing hangs."""

from __future__ import annotations

import asyncio
import socket
import ssl
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.certificates import Authority
from tests.support.sites import OpenSite, open_site, rules
from tests.support.tls_liar import Lies, TlsLiar
from tuiftp.choices import TlsPolicy
from tuiftp.errors import (
    CertificateRefused,
    CommandRefused,
    DataConnectionFailed,
    ProtocolViolation,
    SizeMismatch,
    TlsFailed,
    TransferInterrupted,
)
from tuiftp.files.endpoint import Progress
from tuiftp.ftp.tls.options import TlsOptions

BIG = bytes(range(256)) * 3000


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def liar(authority: Authority) -> Iterator[TlsLiar]:
    with TlsLiar(authority.issue(), files={"/a.txt": b"hello", "/big": BIG}) as server:
        yield server


@pytest.fixture
def options(authority: Authority) -> TlsOptions:
    return TlsOptions(TlsPolicy.REQUIRED, ca_file=str(authority.path))


INJECTED = [
    b"234 Proceed.\r\n230 Logged in already.\r\n",
    b"234 Proceed.\r\n226 Transfer complete.\r\n",
    b"234 Proceed.\r\n2",
    b"234-Proceed.\r\n234 Yes.\r\n331 Password?\r\n230 Welcome.\r\n",
]


@pytest.mark.parametrize("auth", INJECTED)
async def test_s7_what_came_in_clear_behind_234_is_never_believed(
    liar: TlsLiar, options: TlsOptions, auth: bytes
) -> None:
    """A reply put in by somebody between ends the connection: it is no answer to what is asked later."""
    liar.lies = Lies(auth=auth)
    async with open_site(liar, tls=options, connect=False) as opened:
        with pytest.raises(ProtocolViolation, match="something came in clear where only TLS may come"):
            await opened.site.connect()
        assert "USER" not in opened.sent
    assert liar.commands == ["AUTH TLS"]


async def test_s7_also_when_it_comes_a_moment_later(options: TlsOptions) -> None:
    """Injected in a packet of its own, it is taken for TLS, and is none."""
    with _Line([b"220 Ready.\r\n", b"234 Proceed.\r\n", b"230 Logged in already.\r\n"]) as server:
        async with open_site(server, tls=options, connect=False) as opened:
            with pytest.raises((TlsFailed, ProtocolViolation)):
                await opened.site.connect()
            assert "USER" not in opened.sent
    assert b"USER" not in server.heard
    assert b"PASS" not in server.heard


async def test_s8_prot_refused_is_a_stop_where_tls_is_required(liar: TlsLiar, options: TlsOptions) -> None:
    liar.lies = Lies(prot=b"536 Not supported.\r\n")
    async with open_site(liar, tls=options, connect=False) as opened:
        with pytest.raises(
            TlsFailed, match=r"refuses to encrypt data connections: PROT P: 536 Not supported"
        ):
            await opened.site.connect()
    assert liar.commands[-1] == "PROT P"


async def test_s10_prot_refused_is_told_where_tls_is_a_wish(liar: TlsLiar, authority: Authority) -> None:
    """Then data goes in clear, and the log says so."""
    liar.lies = Lies(prot=b"536 Not supported.\r\n")
    wish = TlsOptions(TlsPolicy.IF_OFFERED, ca_file=str(authority.path))
    async with open_site(liar, tls=wish) as opened:
        assert await opened.names() == ["a.txt", "big"]
        assert "Data connections are not encrypted" in {record.title for record in opened.records}


@pytest.mark.parametrize("mode", ["passive", "active"])
async def test_s4_another_certificate_on_the_data_port(
    liar: TlsLiar, options: TlsOptions, authority: Authority, mode: str
) -> None:
    """Even one that is good in itself: whoever has it is not the server that we logged in to."""
    liar.lies = Lies(data_identity=authority.issue(file="other"))
    async with open_site(liar, tls=options, rules=rules(mode), accept_timeout=5.0) as opened:
        with pytest.raises(CertificateRefused, match="shows another certificate than the control connection"):
            await opened.endpoint.read("/a.txt", limit=10)
        with pytest.raises(CertificateRefused):
            await _upload(opened, BIG, "/up")
    assert liar.files.get("/up", b"") == b""


async def test_s4_a_certificate_of_a_stranger_on_the_data_port(
    liar: TlsLiar, options: TlsOptions, tmp_path: Path
) -> None:
    (tmp_path / "stranger").mkdir()
    liar.lies = Lies(data_identity=Authority(tmp_path / "stranger").issue())
    async with open_site(liar, tls=options, auto_connect_timeout=5.0) as opened:
        with pytest.raises(CertificateRefused, match="certificate on the data connection is not accepted"):
            await opened.names()
        # A stranger whose own end gives up first may be met a second time; it is never believed.
        assert not any(record.bytes for record in opened.records)


async def test_a_failed_handshake_is_a_step_that_failed(liar: TlsLiar, options: TlsOptions) -> None:
    """The next way is tried, and in the end every way is told with its reason."""
    liar.lies = Lies(refuses_data_tls=True)
    async with open_site(liar, tls=options, accept_timeout=5.0) as opened:
        with pytest.raises(DataConnectionFailed, match="TLS on the data connection failed") as caught:
            await opened.names()
        assert [command for command, _ in caught.value.steps] == ["PASV", "EPSV", "PORT", "EPRT"]
        liar.lies.refuses_data_tls = False
        opened.site.forget_mode()
        assert await opened.names() == ["a.txt", "big"]


@pytest.mark.parametrize(
    "words", [b"522 SSL connection failed; session reuse required.", b"425 Session was not resumed."]
)
async def test_a_server_that_insists_on_reuse_is_quoted(
    liar: TlsLiar, options: TlsOptions, words: bytes
) -> None:
    """Another way would not help: none is tried."""
    liar.lies = Lies(refuses_data_tls=True, data_refusal=words + b"\r\n")
    async with open_site(liar, tls=options, auto_connect_timeout=5.0) as opened:
        with pytest.raises(CommandRefused, match=words.decode()[4:20]):
            await opened.names()
        assert not {"EPSV", "PORT", "EPRT"} & set(opened.sent)


async def test_s6_a_cut_download_is_found_by_its_size(liar: TlsLiar, options: TlsOptions) -> None:
    """226 came, and the data connection ended without close_notify after half of the file."""
    liar.lies = Lies(ends_data_ragged=True, keeps=len(BIG) // 2)
    async with open_site(liar, tls=options) as opened:
        for read in (_download, _fetch):
            with pytest.raises(
                SizeMismatch, match=r"ended without close_notify: 384,000 bytes here, 768,000 there"
            ):
                await read(opened, "/big", Progress())


async def test_s6_a_ragged_download_of_the_right_size_is_whole(liar: TlsLiar, options: TlsOptions) -> None:
    liar.lies = Lies(ends_data_ragged=True)
    async with open_site(liar, tls=options) as opened:
        for read in (_download, _fetch):
            progress = Progress()
            assert await read(opened, "/big", progress) == BIG
            assert (progress.is_ragged, progress.is_unverified) == (True, False)


async def test_s6_without_a_size_it_is_not_verified(liar: TlsLiar, options: TlsOptions) -> None:
    liar.lies = Lies(ends_data_ragged=True, size=b"502 No.\r\n", listing=b"")
    async with open_site(liar, tls=options) as opened:
        for read in (_download, _fetch):
            progress = Progress()
            assert await read(opened, "/big", progress) == BIG
            assert (progress.is_ragged, progress.is_unverified) == (True, True)


async def test_s6_a_proper_end_needs_no_size(liar: TlsLiar, options: TlsOptions) -> None:
    async with open_site(liar, tls=options) as opened:
        for read in (_download, _fetch):
            progress = Progress()
            assert await read(opened, "/big", progress) == BIG
            assert not progress.is_ragged
        assert "SIZE" not in opened.sent


async def test_s6_uploads_end_properly(liar: TlsLiar, options: TlsOptions) -> None:
    """With close_notify, by the thread and by the loop; a server could tell a cut one."""
    async with open_site(liar, tls=options) as opened:
        await _upload(opened, BIG, "/up")
        await opened.endpoint.store(BIG[:5000], "/small", progress=Progress())
        await opened.endpoint.store(b"", "/empty", progress=Progress())
    assert (liar.files["/up"], liar.files["/small"], liar.files["/empty"]) == (BIG, BIG[:5000], b"")
    assert liar.ends == ["proper"] * 3


async def test_s11_a_server_of_another_protocol(liar: TlsLiar, options: TlsOptions) -> None:
    """Only `ftp` is offered by ALPN: a server that knows ALPN and no FTP refuses, one that knows FTP confirms."""
    liar.lies = Lies(alpn="ftp")
    async with open_site(liar, tls=options) as opened:
        assert await opened.names() == ["a.txt", "big"]


@pytest.mark.parametrize("policy", [TlsPolicy.REQUIRED, TlsPolicy.IMPLICIT, TlsPolicy.IF_OFFERED])
async def test_s11_a_server_that_chooses_another_protocol_gets_no_login(
    authority: Authority, policy: TlsPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Servers choose from what they like rather than from what was offered: made so here by offering both."""
    offer = ssl.SSLContext.set_alpn_protocols
    monkeypatch.setattr(
        ssl.SSLContext, "set_alpn_protocols", lambda self, names: offer(self, ["http/1.1", *names])
    )
    with TlsLiar(authority.issue(), files={"/a.txt": b"x"}, is_implicit=policy is TlsPolicy.IMPLICIT) as liar:
        liar.lies = Lies(alpn="http/1.1")
        options = TlsOptions(policy, ca_file=str(authority.path))
        async with open_site(liar, tls=options, connect=False) as opened:
            with pytest.raises(TlsFailed, match=r"http/1\.1"):
                await opened.site.connect()
        assert not {"USER", "PASS"} & {line.split(" ")[0] for line in liar.commands}


async def test_plain_ftp_on_the_port_for_implicit_tls(liar: TlsLiar, authority: Authority) -> None:
    implicit = TlsOptions(TlsPolicy.IMPLICIT, ca_file=str(authority.path))
    async with open_site(liar, tls=implicit, connect=False) as opened:
        with pytest.raises((TlsFailed, ProtocolViolation), match=r"not TLS|no TLS port"):
            await opened.site.connect()
    assert not [command for command in liar.commands if "USER" in command]


async def test_a_server_that_falls_silent_in_the_handshake(options: TlsOptions) -> None:
    with _Line([b"220 Ready.\r\n", b"234 Proceed.\r\n"]) as server:
        async with open_site(server, tls=options, timeout=0.5, connect=False) as opened:
            with pytest.raises(TlsFailed, match=r"the TLS handshake was not over within 0.5 s"):
                await opened.site.connect()


@pytest.mark.parametrize("is_small", [False, True])
async def test_a_download_that_stands_still_is_cancelled_at_once(
    liar: TlsLiar, options: TlsOptions, is_small: bool
) -> None:
    """Within a second, in the thread and in the loop; and the session can be used again."""
    liar.lies = Lies(stalls=True)
    async with open_site(liar, tls=options, stall_timeout=30.0) as opened:
        task = asyncio.create_task((_fetch if is_small else _download)(opened, "/big", Progress()))
        await asyncio.to_thread(liar.stalled.wait, 5)
        task.cancel()
        async with asyncio.timeout(1.0):
            with pytest.raises(asyncio.CancelledError):
                await task
        liar.lies.stalls = False
        assert await opened.names() == ["a.txt", "big"]


@pytest.mark.parametrize("is_small", [False, True])
async def test_a_silence_under_tls_is_bounded(liar: TlsLiar, options: TlsOptions, is_small: bool) -> None:
    liar.lies = Lies(stalls=True)
    async with open_site(liar, tls=options, stall_timeout=0.5) as opened:
        with pytest.raises(TransferInterrupted, match=r"no byte moved for 0.5 s"):
            await (_fetch if is_small else _download)(opened, "/big", Progress())


async def _download(opened: OpenSite, path: str, progress: Progress) -> bytes:
    with tempfile.TemporaryFile(buffering=0) as file:
        await opened.endpoint.download(path, file, progress=progress)
        file.seek(0)
        return file.read()


async def _fetch(opened: OpenSite, path: str, progress: Progress) -> bytes:
    return await opened.endpoint.fetch(path, progress=progress)


async def _upload(opened: OpenSite, data: bytes, path: str) -> None:
    with tempfile.TemporaryFile(buffering=0) as file:
        file.write(data)
        await opened.endpoint.upload(file, path, progress=Progress())


class _Line:
    """Sends what it is given, one part each time that something came; encrypts nothing."""

    def __init__(self, parts: list[bytes]) -> None:
        self.host = "127.0.0.1"
        self.heard = b""
        self._parts = parts

    def __enter__(self) -> _Line:
        self._listener = socket.create_server((self.host, 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        connected, _ = self._listener.accept()
        with connected:
            connected.settimeout(5)
            for part in self._parts:
                connected.sendall(part)
                self.heard += connected.recv(4096)
            while data := connected.recv(4096):
                self.heard += data
