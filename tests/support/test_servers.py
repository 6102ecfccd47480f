"""Each server that the tests rely on lists, uploads and downloads, in passive and in active mode."""

from __future__ import annotations

import asyncio
import ftplib
import io
import os
import socket
import subprocess

import pytest

from tests.support.fixtures import StartServer
from tests.support.netns import Network
from tests.support.servers import PASSWORD, USER, Place, RunningServer


def connect(server: RunningServer, *, passive: bool = True) -> ftplib.FTP:
    client = ftplib.FTP(timeout=10)
    client.connect(server.host, server.port)
    client.login(server.user, server.password)
    client.set_pasv(passive)
    return client


def exercise(server: RunningServer, *, passive: bool) -> None:
    server.put("dir/a.txt", b"hello")
    with connect(server, passive=passive) as client:
        assert client.pwd() == server.root
        client.cwd("dir")
        client.storbinary("STOR up.bin", io.BytesIO(b"x" * 300_000))
        got = io.BytesIO()
        client.retrbinary(f"RETR {server.remote('dir/a.txt')}", got.write)
        names = client.nlst()
        client.rename("up.bin", "down.bin")
        client.delete("a.txt")
    assert got.getvalue() == b"hello"
    # Pure-FTPd names the directory itself and its parent too.
    assert sorted(set(names) - {".", ".."}) == ["a.txt", "up.bin"]
    assert os.listdir(server.home / "dir") == ["down.bin"]
    assert (server.home / "dir" / "down.bin").stat().st_size == 300_000


@pytest.mark.parametrize("passive", [True, False])
def test_every_server_works_both_ways_in_both_modes(ftp_server: RunningServer, passive: bool) -> None:
    exercise(ftp_server, passive=passive)


@pytest.mark.parametrize("passive", [True, False])
def test_servers_work_on_ipv6(ftp_server_ipv6: RunningServer, passive: bool) -> None:
    exercise(ftp_server_ipv6, passive=passive)


def test_a_server_can_be_pulled_away_and_come_back(ftp_server: RunningServer) -> None:
    with connect(ftp_server) as client:
        ftp_server.stop()
        with pytest.raises((OSError, EOFError)):
            client.voidcmd("NOOP")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((ftp_server.host, ftp_server.port), timeout=1)
    ftp_server.start()
    exercise(ftp_server, passive=True)


def test_wrong_password_is_refused(pyftpdlib_server: RunningServer) -> None:
    client = ftplib.FTP(timeout=10)
    client.connect(pyftpdlib_server.host, pyftpdlib_server.port)
    with client, pytest.raises(ftplib.error_perm, match="530"):
        client.login(pyftpdlib_server.user, "wrong")


def test_two_servers_have_their_own_homes(start_ftp_server: StartServer) -> None:
    one, other = start_ftp_server("pyftpdlib"), start_ftp_server("pyftpdlib")
    one.put("only-here")
    with connect(other) as client:
        assert client.nlst() == []
    assert one.port != other.port
    assert (one.user, one.password) == (USER, PASSWORD)


@pytest.mark.real_server
def test_nothing_is_left_of_a_server(start_ftp_server: StartServer, vsftpd: RunningServer) -> None:
    with connect(vsftpd) as client:
        assert client.pwd() == vsftpd.root
        before = vsftpd.pid
        vsftpd.discard()
    assert not vsftpd.run.exists()
    assert not os.path.exists(f"/proc/{before}")


@pytest.mark.netns
@pytest.mark.real_server
def test_firewall_drops_passive_ports_and_lets_active_through(
    public_network: Network, start_ftp_server: StartServer
) -> None:
    place = Place(host=public_network.server_address, netns=public_network.server.name)
    server = start_ftp_server("vsftpd", place)
    public_network.server.drop_ports(*place.passive_ports)

    def visit() -> str:
        with connect(server) as client:
            _, number = client.makepasv()
            with pytest.raises(TimeoutError):
                socket.create_connection((server.host, number), timeout=0.5)
        exercise(server, passive=False)
        with connect(server) as client:
            assert client.sock is not None
            return str(client.sock.getsockname()[0])

    async def visit_from_a_loop() -> str:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        banner = await reader.readline()
        writer.close()
        return banner[:3].decode()

    assert public_network.client.call(visit) == public_network.client_address
    assert public_network.client.run(visit_from_a_loop) == "220"
    public_network.server.open_up()
    public_network.server.reject_ports(*place.passive_ports)

    def refused() -> None:
        with connect(server) as client, pytest.raises(ConnectionRefusedError):
            socket.create_connection(client.makepasv(), timeout=5)

    public_network.client.call(refused)


@pytest.mark.netns
@pytest.mark.real_server
def test_nat_hides_the_client_so_that_only_passive_works(
    nat_network: Network, start_ftp_server: StartServer
) -> None:
    server = start_ftp_server("vsftpd", Place(host=nat_network.server_address, netns=nat_network.server.name))

    def visit() -> None:
        exercise(server, passive=True)
        with connect(server, passive=False) as client, pytest.raises(ftplib.error_perm, match="500"):
            client.nlst()

    nat_network.client.call(visit)


@pytest.mark.netns
def test_a_network_is_removed_with_everything_in_it(public_network: Network) -> None:
    names = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout
    assert public_network.client.name in names
    with pytest.raises(subprocess.CalledProcessError):
        public_network.client.shell("false")


def test_home_is_not_the_developers(fake_home: os.PathLike[str]) -> None:
    assert os.path.expanduser("~") == os.fspath(fake_home)
    assert os.environ["XDG_CONFIG_HOME"].startswith(os.fspath(fake_home))
    assert os.listdir(fake_home) == []
