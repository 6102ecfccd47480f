"""A line with delay between two network namespaces: two TUN devices, joined by this process.

Not every kernel has netem. Run as `python -m tests.bench.delay SERVER_NS CLIENT_NS SECONDS_ONE_WAY`; the server is
10.99.0.1, the client 10.99.0.2. Prints `up` when the line stands, and runs until it is killed.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import struct
import subprocess
import sys
import threading
import time
from collections import deque

SERVER, CLIENT = "10.99.0.1", "10.99.0.2"
_TUNSETIFF = 0x400454CA
_IFF_TUN_NO_PI = 0x1001
_CLONE_NEWNET = 0x40000000
_MTU = 9000


def open_tun(namespace: str, name: str, address: str) -> int:
    """Makes a TUN device inside a namespace and brings it up; returns its descriptor."""
    opened: list[int] = []

    def inside() -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        with open(f"/run/netns/{namespace}", "rb") as handle:
            if libc.setns(handle.fileno(), _CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")
        fd = os.open("/dev/net/tun", os.O_RDWR)
        fcntl.ioctl(fd, _TUNSETIFF, struct.pack("16sH14x", name.encode(), _IFF_TUN_NO_PI))
        opened.append(fd)

    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()
    for command in (f"addr add {address}/30 dev {name}", f"link set {name} mtu {_MTU} up txqueuelen 10000"):
        subprocess.run(["ip", "-n", namespace, *command.split()], check=True)
    return opened[0]


class OneWay:
    """Carries packets from one device to the other, each as much later as the delay says."""

    def __init__(self, source: int, target: int, seconds: float) -> None:
        self._source, self._target, self._seconds = source, target, seconds
        self._waiting: deque[tuple[float, bytes]] = deque()
        self._arrived = threading.Semaphore(0)
        for work in (self._read, self._write):
            threading.Thread(target=work, daemon=True).start()

    def _read(self) -> None:
        while packet := os.read(self._source, _MTU + 64):
            self._waiting.append((time.monotonic() + self._seconds, packet))
            self._arrived.release()

    def _write(self) -> None:
        while True:
            self._arrived.acquire()
            due, packet = self._waiting.popleft()
            if (left := due - time.monotonic()) > 0:
                time.sleep(left)
            os.write(self._target, packet)


def main(server: str, client: str, seconds: str) -> None:
    """Joins two namespaces until killed."""
    one, other = open_tun(server, "tuiftp-d0", SERVER), open_tun(client, "tuiftp-d0", CLIENT)
    OneWay(one, other, float(seconds))
    OneWay(other, one, float(seconds))
    print("up", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
