"""S1 to S6: data connections that lead elsewhere, come from elsewhere, or end too early."""

from __future__ import annotations

import socket
import tempfile
from pathlib import Path

import pytest

from tests.support.certificates import Authority
from tests.support.scripted import ScriptedServer, quirks
from tests.support.scripted.tree import Content
from tests.support.sites import OpenSite, open_site, rules
from tests.support.tls_liar import Lies, TlsLiar
from tuiftp.choices import AddressPolicy, TlsPolicy
from tuiftp.errors import CertificateRefused, DataConnectionFailed, SizeMismatch
from tuiftp.files.endpoint import Progress
from tuiftp.ftp.data import active
from tuiftp.ftp.tls.options import TlsOptions
from tuiftp.protocol.addresses import decode_eprt, decode_port
from tuiftp.protocol.candidates import passive_candidates
from tuiftp.ui.diagnosis.inspector import recommended
from tuiftp.wirelog.findings import diagnose
from tuiftp.wirelog.probing import Advice
from tuiftp.wirelog.records import DataEvent

TREE: dict[str, Content] = {"a.txt": b"hello"}
PEER = "198.51.100.7"
"""A server at a public address."""


def remotes(opened: OpenSite) -> set[str]:
    """The hosts that we connected to, or tried to, for data."""
    return {
        (record.remote or "").rpartition(":")[0]
        for record in opened.records
        if record.event is DataEvent.CONNECTING
    }


@pytest.mark.parametrize("named", ["10.1.2.3", "192.168.0.1", "0.0.0.0", "8.8.8.8", "255.255.255.255"])
async def test_s1_the_address_of_a_227_is_not_where_we_go_first(named: str) -> None:
    async with (
        ScriptedServer(TREE, [quirks.announce(named)]) as server,
        open_site(server, rules=rules("passive")) as opened,
    ):
        assert await opened.names() == ["a.txt"]
        assert remotes(opened) == {"127.0.0.1"}
        assert named in opened.log


@pytest.mark.parametrize("policy", AddressPolicy)
@pytest.mark.parametrize(
    "named", ["127.0.0.1", "10.0.0.5", "192.168.7.7", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1"]
)
def test_s1_a_public_server_never_sends_us_into_our_own_network(named: str, policy: AddressPolicy) -> None:
    tried = passive_candidates(named, PEER, policy=policy, local_host="192.168.7.2")
    assert [candidate.host for candidate in tried] == [PEER]


def test_s1_another_public_address_is_only_the_second_try() -> None:
    tried = passive_candidates("203.0.113.9", PEER, policy=AddressPolicy.SMART, local_host="192.168.7.2")
    assert [candidate.host for candidate in tried] == [PEER, "203.0.113.9"]


@pytest.mark.parametrize(
    "reply",
    [
        b"227 Entering Passive Mode (256,0,0,1,80,80).", b"227 Entering Passive Mode (127,0,0,1,0,0).",
        b"227 Entering Passive Mode (127,0,0,1,256,1).", b"227 Entering Passive Mode (127,0,0,1,-1,80).",
        b"227 (127,0,0,1,999999999999999999999,1)", b"227 Entering Passive Mode.", b"227 \xff\xfe(,,,,,)",
        b"229 Entering Extended Passive Mode (|||0|)", b"229 Entering Extended Passive Mode (|||65536|)",
        b"229 Extended (|||-5|)", b"229 Extended (|||12a|)", b"229", b"229 (" + b"|" * 5000 + b")",
    ],
)  # fmt: skip
@pytest.mark.parametrize("verb", ["PASV", "EPSV"])
async def test_s2_an_address_that_is_none_is_a_way_that_failed(verb: str, reply: bytes) -> None:
    """The next way is tried; nothing else comes of it."""
    bad = quirks.pasv_reply(reply, verb)
    async with (
        ScriptedServer(TREE, [bad]) as server,
        open_site(server, rules=rules("auto", prefer_extended=verb == "EPSV")) as opened,
    ):
        assert await opened.names() == ["a.txt"]
        assert opened.worked == ("EPSV" if verb == "PASV" else "PASV")
        assert "cannot be read" in opened.log


@pytest.mark.parametrize("verb", ["PORT", "EPRT"])
async def test_s3_a_stranger_on_the_listening_port_gets_and_gives_nothing(verb: str) -> None:
    extended = rules("active", prefer_extended=verb == "EPRT")
    async with (
        ScriptedServer(TREE, [quirks.stranger_first(b"stranger's bytes\r\n" * 100)]) as server,
        open_site(server, rules=extended, accept_timeout=5.0) as opened,
    ):
        assert await opened.endpoint.read("/a.txt", limit=100) == b"hello"
        with tempfile.TemporaryFile(buffering=0) as nothing:
            await opened.endpoint.upload(nothing, "/up", progress=Progress())
        assert server.faults.stranger is not None
        assert bytes(server.faults.stranger.received) == b""
        assert server.tree.read("/up") == b""
        assert "127.0.0.2" in opened.log


async def test_s3_a_listener_is_ours_alone_new_each_time_and_gone_afterwards() -> None:
    """On the control connection's own address, never on all of them."""
    async with (
        ScriptedServer(TREE) as server,
        open_site(server, rules=rules("active"), accept_timeout=5.0) as opened,
    ):
        for _ in range(8):
            await opened.endpoint.read("/a.txt", limit=10)
        listened = [record.local or "" for record in opened.records if record.event is DataEvent.LISTENING]
        assert {local.rpartition(":")[0] for local in listened} == {"127.0.0.1"}
        ports = [int(local.rpartition(":")[2]) for local in listened]
        assert len(set(ports)) == len(ports) == 8
        for port in ports:
            with socket.socket() as visitor, pytest.raises(ConnectionRefusedError):
                visitor.connect(("127.0.0.1", port))


async def test_s4_who_answers_on_the_data_port_shows_the_same_certificate(tmp_path: Path) -> None:
    """Plain FTP cannot tell; with TLS, a second certificate of the same authority is refused as well."""
    authority = Authority(tmp_path)
    with TlsLiar(authority.issue(), files={"/a.txt": b"hello"}) as liar:
        liar.lies = Lies(data_identity=authority.issue(file="other"))
        options = TlsOptions(TlsPolicy.REQUIRED, ca_file=str(authority.path))
        async with open_site(liar, tls=options) as opened:
            with pytest.raises(CertificateRefused, match="another certificate than the control connection"):
                await opened.names()


@pytest.mark.parametrize("verb", ["PORT", "EPRT"])
@pytest.mark.parametrize("words", ["only to 203.0.113.9", "use 10.0.0.9", "(203,0,113,9,4,1)"])
async def test_s5_no_third_address_is_ever_announced(verb: str, words: str) -> None:
    """Whatever a server says, with PORT and EPRT it is told of our own end of the control connection only."""
    async with (
        ScriptedServer(
            TREE, [quirks.refuse("PORT", 500, words), quirks.refuse("EPRT", 500, words)]
        ) as server,
        open_site(server, rules=rules("auto", prefer_extended=verb == "EPRT")) as opened,
    ):
        server.verbs.pop("PASV")
        server.verbs.pop("EPSV")
        with pytest.raises(Exception, match="no data connection came about"):
            await opened.names()
        assert announced(server) == {"127.0.0.1"}


def announced(server: ScriptedServer) -> set[str]:
    hosts = {decode_port(one.argument.decode())[0] for one in server.received if one.verb == "PORT"}
    return hosts | {decode_eprt(one.argument.decode())[0] for one in server.received if one.verb == "EPRT"}


@pytest.mark.parametrize("learns", [True, False])
async def test_s5_what_a_refusal_names_is_announced_only_where_the_settings_allow_it(
    learns: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind NAT the server knows our outside address better; its word is logged, and may be ignored."""
    monkeypatch.setattr(active, "is_local", lambda client: False)
    refusal = quirks.refuse_active(only_to="203.0.113.9")
    async with (
        ScriptedServer(TREE, [refusal]) as server,
        open_site(server, rules=rules("active"), learn_active_address=learns) as opened,
    ):
        with pytest.raises(Exception, match="no data connection came about"):
            await opened.names()
        assert announced(server) == ({"127.0.0.1", "203.0.113.9"} if learns else {"127.0.0.1"})


async def test_s5_by_default_it_is_offered_and_announced_once_it_was_accepted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(active, "is_local", lambda client: False)
    async with (
        ScriptedServer(TREE, [quirks.refuse_active(only_to="203.0.113.9")]) as server,
        open_site(server, rules=rules("active")) as opened,
    ):
        with pytest.raises(DataConnectionFailed):
            await opened.names()
        assert announced(server) == {"127.0.0.1"}
        (offer,) = (one for one in diagnose(opened.records) if one.code == "R9")
        assert offer.external == "203.0.113.9"
        assert "Announce 203.0.113.9 (the setting active_address)" in offer.advice
        opened.site.prefer(recommended(offer) or Advice(""))
        with pytest.raises(DataConnectionFailed):
            await opened.names()
        assert announced(server) == {"127.0.0.1", "203.0.113.9"}


async def test_s6_a_download_that_somebody_cut_is_not_done(tmp_path: Path) -> None:
    """226 on the protected control connection, and half of the file: the size has to agree too."""
    authority = Authority(tmp_path)
    with TlsLiar(authority.issue(), files={"/big": b"x" * 500_000}) as liar:
        liar.lies = Lies(ends_data_ragged=True, keeps=250_000)
        options = TlsOptions(TlsPolicy.REQUIRED, ca_file=str(authority.path))
        async with open_site(liar, tls=options) as opened:
            with pytest.raises(SizeMismatch, match="ended without close_notify"):
                await opened.endpoint.fetch("/big", progress=Progress())
            with (tmp_path / "part").open("w+b", buffering=0) as file, pytest.raises(SizeMismatch):
                await opened.endpoint.download("/big", file, progress=Progress())
            with (tmp_path / "server.pem").open("rb", buffering=0) as file:
                await opened.endpoint.upload(file, "/up", progress=Progress())
        assert liar.ends == ["proper"]
