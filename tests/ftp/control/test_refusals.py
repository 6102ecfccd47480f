"""What kind of refusal a reply is: a full disk is told from a file that is refused and from a break."""

from __future__ import annotations

import pytest

from tuiftp.errors import StorageFull
from tuiftp.ftp.errors import refusal
from tuiftp.protocol.replies import Reply

FULL = [
    ("STOR", "451 Failure writing to local file."),
    ("STOR", "451-Error during write to file\r\n451 Transfer aborted"),
    ("STOR", "451 Transfer aborted. Input/output error"),
    ("APPE", "452 Transfer aborted. No space left on device"),
    ("STOR", "452 Error writing file: No space left on device."),
    ("STOR", "552 STOR denied: quota exceeded: used 10.00 of 10.00 upload MB"),
    ("STOR", "552-Quota exceeded: [a] won't be saved\r\n552 Transfer aborted"),
    ("STOR", "550 There is not enough space on the disk."),
    ("STOR", "553 Disk full"),
    ("STOR", "426 Connection closed; disk quota exceeded"),
    ("MKD", "550 sub: No space left on device"),
]
OTHER = [
    ("STOR", "451 Requested action aborted: local error in processing."),
    ("STOR", "426 Failure reading network stream."),
    ("STOR", "553 no space.txt: Permission denied"),
    ("STOR", "550 quota exceeded.csv: Permission denied"),
    ("RETR", "550 disk full.txt: No such file or directory"),
    ("RETR", "451 Failure reading local file."),
    ("RETR", "451 Transfer aborted. Input/output error"),
    ("DELE", "550 quota: Operation not permitted"),
]


def said(words: str) -> Reply:
    return Reply(int(words[:3]), tuple(words.split("\r\n")))


@pytest.mark.parametrize(("verb", "words"), FULL)
def test_a_server_that_is_full_is_known_by_its_words(verb: str, words: str) -> None:
    error = refusal(verb, said(words), path="/in/a")
    assert isinstance(error, StorageFull)
    assert "make room" in (error.hint or "")
    assert "Transfer aborted (" not in error.message, "the line that says why is the one that is shown"


@pytest.mark.parametrize(("verb", "words"), OTHER)
def test_a_name_or_a_break_is_no_full_disk(verb: str, words: str) -> None:
    name = words[4:].partition(":")[0]
    assert not isinstance(refusal(verb, said(words), path=f"/in/{name}"), StorageFull)
