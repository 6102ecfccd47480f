"""FEAT replies as servers send them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiftp.protocol.features import ServerFeatures, parse_feat

PROFTPD = """211-Features:
 AUTH TLS
 CCC
 CLNT
 EPRT
 EPSV
 HOST
 LANG en-US.UTF-8*;en-US
 MDTM
 MFF modify;UNIX.group;UNIX.mode;
 MFMT
 MLST modify*;perm*;size*;type*;unique*;UNIX.group*;UNIX.groupname*;UNIX.mode;
 PBSZ
 PROT
 REST STREAM
 SIZE
 TVFS
 UTF8
211 End"""


def test_a_whole_reply() -> None:
    features = parse_feat(PROFTPD.splitlines())
    assert features.epsv
    assert features.host
    assert features.mlsd
    assert features.rest_stream
    assert features.size
    assert features.utf8
    assert features.has("pbsz")
    assert features.mlst_facts[:3] == ("modify", "perm", "size")
    assert "unix.mode" in features.mlst_facts
    assert "unix.mode" not in features.mlst_enabled
    assert "size" in features.mlst_enabled
    assert "Features:" not in features.lines
    assert len(features.lines) == 17


@pytest.mark.parametrize(
    "lines",
    [
        ["Features:", " SIZE", " REST STREAM", " UTF8", "End"],
        ["211-Extensions supported:", " SIZE", " REST STREAM", " UTF8", "211 End."],
        ["211-SIZE", "211-REST STREAM", "211-UTF8", "211 END"],
        ["211-Features supported", "211- SIZE\r", "211- Rest Stream\r", "211- UTF8\r", "211 End of list"],
        ["size", " rest stream", " utf8"],
        ["SIZE", "REST STREAM", "UTF8"],
    ],
)
def test_with_codes_and_without(lines: list[str]) -> None:
    features = parse_feat(lines)
    assert features.size or lines[0] == "size"  # a word in small letters at the margin is for people
    assert features.rest_stream
    assert features.utf8
    assert not any(word in features.names for word in ("FEATURES", "FEATURES:", "END", "END.", "EXTENSIONS"))


def test_hashes_and_mechanisms() -> None:
    features = parse_feat([" HASH SHA-1;SHA-256*;MD5", " AUTH SSL;TLS-C", " AUTH GSSAPI"])
    assert features.hash_algorithms == ("SHA-256", "SHA-1", "MD5")
    assert features.auth == {"SSL", "TLS-C", "GSSAPI"}


def test_rest_without_stream_is_no_promise() -> None:
    assert not parse_feat([" REST"]).rest_stream


def test_nothing_is_claimed_without_a_reply() -> None:
    assert parse_feat([]) == ServerFeatures()
    assert parse_feat(["211 no features"]) == ServerFeatures()
    assert not ServerFeatures().mlsd


@given(st.lists(st.text(st.characters())))
def test_never_raises(lines: list[str]) -> None:
    parse_feat(lines)
    parse_feat([" " + line for line in lines])
    parse_feat([" MLST " + line for line in lines] + [" HASH " + line for line in lines])
