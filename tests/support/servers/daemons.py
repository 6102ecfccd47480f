"""vsftpd, ProFTPD and Pure-FTPd as Debian builds them, each with a small configuration of our own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from .extauth import LoginService
from .processes import ServerProcess
from .running import PASSWORD, USER, Place, RunningServer, ServerFailed

UNPACKED = Path(os.environ.get("TUIFTP_TEST_SERVERS", "/opt/tuiftp-test-servers"))
"""Where the packages lie that cannot be installed beside each other."""

HASHED = "$6$tuiftp$MG/CDjsEuD0qX/rNRc4xUA7xRUiUc/YcsFybd7gozf2.nUjyZMpVwJXKACnA5oalVLSvbHlTqEs0sH5IU.zak/"
"""The password as crypt(3) writes it."""


class Daemon(RunningServer):
    """A server of its own process, started as root; its sessions run as the test user."""

    program: ClassVar[str]
    """The name of the program."""

    def __init__(self, place: Place, options: Sequence[str] = ()) -> None:
        super().__init__(place)
        self.account = ensure_user()
        self.give(self.home)
        self.prepare(options)
        self._process = ServerProcess(
            [str(find(self.program)), *self.arguments()], output=self.run / "output", netns=place.netns
        )

    @abstractmethod
    def prepare(self, options: Sequence[str]) -> None:
        """Write what it needs; `options` are further lines of its configuration."""

    @abstractmethod
    def arguments(self) -> list[str]:
        """Return what stands behind the program's name."""

    @property
    def pid(self) -> int:
        return self._process.pid

    def start(self) -> None:
        self._process.start(self.host, self.port)

    def stop(self) -> None:
        self._process.stop()

    def output(self) -> str:
        return self._process.printed()

    def give(self, path: Path) -> None:
        os.chown(path, self.account.pw_uid, self.account.pw_gid, follow_symlinks=False)


class Vsftpd(Daemon):
    """vsftpd; it writes every command and reply to `log`."""

    kind = "vsftpd"
    program = "vsftpd"

    @property
    def log(self) -> Path:
        return self.run / "vsftpd.log"

    def prepare(self, options: Sequence[str]) -> None:
        empty = self.run / "empty"
        empty.mkdir(mode=0o555)
        listen = ["listen=NO", "listen_ipv6=YES", f"listen_address6={self.host}"]
        if not self.place.is_ipv6:
            listen = ["listen=YES", "listen_ipv6=NO", f"listen_address={self.host}"]
        first, last = self.place.passive_ports
        lines = [
            *listen, f"listen_port={self.port}", "background=NO", f"local_root={self.home}",
            "anonymous_enable=NO", "local_enable=YES", "write_enable=YES", "local_umask=022",
            # Every Debian has /etc/pam.d/other, so that vsftpd's own file need not be there.
            "pam_service_name=other", f"secure_chroot_dir={empty}", "session_support=NO",
            "seccomp_sandbox=NO", "isolate_network=NO", "isolate=NO", "tcp_wrappers=NO",
            f"pasv_min_port={first}", f"pasv_max_port={last}", "connect_from_port_20=NO",
            "max_clients=0", "max_per_ip=0", "delay_failed_login=0", "delay_successful_login=0",
            "xferlog_enable=YES", "log_ftp_protocol=YES", f"vsftpd_log_file={self.log}", *options,
        ]  # fmt: skip
        (self.run / "vsftpd.conf").write_text("\n".join(lines) + "\n")

    def arguments(self) -> list[str]:
        return [str(self.run / "vsftpd.conf")]


class Proftpd(Daemon):
    """ProFTPD with a password file of its own."""

    kind = "proftpd"
    program = "proftpd"

    def prepare(self, options: Sequence[str]) -> None:
        account = self.account
        passwords = self.run / "passwd"
        entry = [USER, HASHED, str(account.pw_uid), str(account.pw_gid), "", str(self.home), "/bin/sh"]
        passwords.write_text(":".join(entry) + "\n")
        passwords.chmod(0o600)
        first, last = self.place.passive_ports
        lines = [
            'ServerName "test"', "ServerType standalone", "DefaultServer on", f"Port {self.port}",
            f"UseIPv6 {'on' if self.place.is_ipv6 else 'off'}", f"DefaultAddress {self.host}",
            "SocketBindTight on", "User nobody", "Group nogroup", f"PidFile {self.run}/pid",
            f"ScoreboardFile {self.run}/score", "DelayEngine off", "UseReverseDNS off", "WtmpLog off",
            "SystemLog none", "TransferLog none", "AuthOrder mod_auth_file.c", f"AuthUserFile {passwords}",
            "RequireValidShell off", "AllowOverwrite on", "AllowStoreRestart on",
            "AllowRetrieveRestart on", "Umask 022", "MaxInstances 200", f"PassivePorts {first} {last}",
            "AllowForeignAddress off", "RootRevoke on", "TimesGMT on", *options,
        ]  # fmt: skip
        (self.run / "proftpd.conf").write_text("\n".join(lines) + "\n")

    def arguments(self) -> list[str]:
        return ["-n", "-q", "-c", str(self.run / "proftpd.conf")]


class Pureftpd(Daemon):
    """Pure-FTPd, which is all command line; it asks us whom to let in and where to."""

    kind = "pureftpd"
    program = "pure-ftpd"

    def prepare(self, options: Sequence[str]) -> None:
        self._options = list(options)
        self._login = LoginService(
            self.run / "login", {USER: PASSWORD}, home=self.home,
            uid=self.account.pw_uid, gid=self.account.pw_gid,
        )  # fmt: skip

    def arguments(self) -> list[str]:
        first, last = self.place.passive_ports
        return [
            "-S", f"{self.host},{self.port}", "-l", f"extauth:{self.run / 'login'}", "-p", f"{first}:{last}",
            "-6" if self.place.is_ipv6 else "-4", "-E", "-H", "-c", "200", "-C", "200", "-u", "1",
            "-L", "200000:10", "-g", str(self.run / "pid"), *self._options,
        ]  # fmt: skip

    def start(self) -> None:
        self._login.start()
        super().start()

    def stop(self) -> None:
        super().stop()
        self._login.stop()


def find(program: str) -> Path | None:
    """Return where a server is installed or was unpacked, or None."""
    for folder in ("/usr/sbin", "/usr/local/sbin"):
        if (Path(folder) / program).exists():
            return Path(folder) / program
    unpacked = UNPACKED / "usr" / "sbin" / program
    if unpacked.exists():
        return unpacked
    found = shutil.which(program)
    return None if found is None else Path(found)


def why_missing(daemon: type[Daemon]) -> str | None:
    """Return why a server cannot run here, or None when it can."""
    if os.name != "posix" or os.geteuid() != 0:
        return f"{daemon.kind} starts only as root"
    if find(daemon.program) is None:
        return f"{daemon.kind} is not installed, nor unpacked in {UNPACKED}"
    return None


def ensure_user() -> pwd.struct_passwd:
    """Return the test user of this system, made at the first call; its home is given to each server apart."""
    try:
        return pwd.getpwnam(USER)
    except KeyError:
        pass
    made = subprocess.run(
        ["useradd", "-M", "-N", "-d", "/", "-s", "/bin/sh", "-p", HASHED, USER],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        # Another run of the tests may have been quicker.
        return pwd.getpwnam(USER)
    except KeyError:
        raise ServerFailed(f"the user {USER} cannot be made: {made.stderr}") from None
