"""`kill -9` between the moment when a thing is done and its being noted: nothing is done twice, or forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.fixtures import StartServer, kinds
from tests.support.servers import RunningServer
from tests.transfers.test_killed import give_to_owner, run_until

FILES = {"small": b"s" * 1000, "other": b"o" * 3000, "large": bytes(range(256)) * 800, "empty": b""}
"""Some go through memory, some under a temporary name."""
FOREIGN = b"a file that somebody else has put there"
MOST = 3 * len(FILES) + 2
"""Runs that it may take: each file is met by the kill a few times at most."""

BOTH = ("sent", "stored", "put-in-place", "part-made", "published")


class Scene:
    """A tree on both sides, and runs of the program that end in a kill."""

    def __init__(self, server: RunningServer, top: Path) -> None:
        self.server = server
        self.here, self.state = top / "here", top / "state"
        self.fetched, self.to_send = self.here / "fetched" / "to-fetch", self.here / "to-send"
        self.sent, self.to_fetch = server.home / "sent" / "to-send", server.home / "to-fetch"
        for folder in (self.fetched, self.to_send, self.sent, self.to_fetch, self.state):
            folder.mkdir(parents=True)
        for name, data in FILES.items():
            (self.to_send / name).write_bytes(data)
            (self.to_fetch / name).write_bytes(data)
        give_to_owner(server.home)

    def run(self, *words: str) -> None:
        """Runs it again and again, until nothing is left to do."""
        arguments = [str(self.state), str(self.here), str(self.server.port), self.server.root, *words]
        for _ in range(MOST):
            if "done" in (said := run_until(arguments, 60.0, is_patient=True)):
                break
        assert "done 0" in said, said


def contents(folder: Path) -> dict[str, bytes]:
    """All files in a directory, hidden ones too."""
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


@pytest.fixture
def scene(kind: str, start_ftp_server: StartServer, tmp_path: Path) -> Scene:
    return Scene(start_ftp_server(kind), tmp_path)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("kind", kinds("vsftpd"))
@pytest.mark.parametrize(
    "words", [*((moment, "no-times") for moment in BOTH), ("part-made",)], ids=lambda words: " ".join(words)
)
def test_another_name_is_taken_once(scene: Scene, words: tuple[str, ...]) -> None:
    for folder in (scene.fetched, scene.sent):
        for name in FILES:
            (folder / name).write_bytes(FOREIGN)
    give_to_owner(scene.server.home)
    scene.run("rename", *words)
    wanted = dict.fromkeys(FILES, FOREIGN) | {f"{name} (1)": data for name, data in FILES.items()}
    assert contents(scene.fetched) == wanted
    assert contents(scene.sent) == wanted


@pytest.mark.timeout(120)
@pytest.mark.parametrize("kind", kinds("pyftpdlib"))
@pytest.mark.parametrize("moment", [*BOTH, "remote-removed", "local-removed"])
def test_what_is_moved_is_there_once_and_gone_from_its_source(scene: Scene, moment: str) -> None:
    scene.run("move", "rename", moment)
    assert contents(scene.fetched) == FILES
    assert contents(scene.sent) == FILES
    assert contents(scene.to_fetch) == {}
    assert contents(scene.to_send) == {}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("kind", kinds("pyftpdlib"))
@pytest.mark.parametrize("moment", ["sent", "put-in-place", "part-made", "published", "remote-removed"])
@pytest.mark.parametrize("move", ["move", "copy"])
def test_what_goes_between_sites_or_on_the_disk_is_there_once(scene: Scene, moment: str, move: str) -> None:
    scene.run("across", "rename", moment, move)
    kept = {} if move == "move" else FILES
    assert contents(scene.server.home / "sent" / "to-fetch") == FILES
    assert contents(scene.here / "fetched" / "to-send") == FILES
    assert contents(scene.to_fetch) == kept
    assert contents(scene.to_send) == kept
    assert contents(scene.state / "relay") == {}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("kind", kinds("vsftpd"))
@pytest.mark.parametrize("moment", BOTH)
def test_without_times_what_is_there_already_is_known_again(scene: Scene, moment: str) -> None:
    scene.run("rename", moment, "no-times")
    assert contents(scene.fetched) == FILES
    assert contents(scene.sent) == FILES
