"""Local checksums are those that everybody else gets, and a cancel ends them."""

from __future__ import annotations

import hashlib
import zlib
from pathlib import Path

import pytest

from tuiftp.files.checksums import digest_of

DATA = bytes(range(256)) * 20_000


@pytest.mark.parametrize("algorithm", ["sha256", "sha512", "sha1", "md5"])
@pytest.mark.parametrize("data", [b"", b"a", DATA])
def test_a_digest_is_that_of_hashlib(tmp_path: Path, algorithm: str, data: bytes) -> None:
    (tmp_path / "a").write_bytes(data)
    with (tmp_path / "a").open("rb", buffering=0) as file:
        assert digest_of(file, algorithm, lambda: False) == hashlib.new(algorithm, data).hexdigest()
        assert digest_of(file, "crc32", lambda: False) == f"{zlib.crc32(data):08x}"
        assert file.tell() == 0


def test_it_stops_when_it_is_told_to(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(DATA)
    asked: list[bool] = []

    def should_stop() -> bool:
        asked.append(True)
        return len(asked) > 2

    with (tmp_path / "a").open("rb", buffering=0) as file:
        assert digest_of(file, "sha256", should_stop) is None
    assert len(asked) == 3
