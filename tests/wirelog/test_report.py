"""The support report: all that a helper needs, and no password, name, path or address of the user's."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wirelog.scenarios import SCENARIOS, records
from tests.wirelog.script import START, Script
from tuiftp.wirelog.findings import diagnose
from tuiftp.wirelog.records import RecordKind, WireRecord
from tuiftp.wirelog.report import ReportParts, write_report
from tuiftp.wirelog.tokens import Tokens


def parts(log: list[WireRecord], **more: object) -> ReportParts:
    return ReportParts(
        records=log,
        versions={"tuiftp": "0.1.0", "Python": "3.11.2"},
        settings={
            "mode": "auto",
            "active_address": "198.51.100.9",
            "proxy_password": "hunter2",
            "none": None,
        },
        findings=diagnose(log),
        matrix=[("way", "reply", "verdict"), ("PASV", "227 (203,0,113,7,195,203)", "ok | fine")],
        **more,  # type: ignore[arg-type]
    )


def private_log() -> list[WireRecord]:
    script = Script(name="ftp.example.com").begin()
    script.send("CWD /home/maria/tax 2025").reply("250 Directory successfully changed.")
    script.send("PWD").reply('257 "/home/maria/tax 2025" is the current directory').pasv("192.168.7.2")
    script.dial(50_123, host="203.0.113.7").send("RETR secret plan.pdf")
    script.reply("550 secret plan.pdf: No such file, demo").send("SITE CHMOD 600 /home/maria/x")
    script.reply("200 See ftp://maria@ftp.example.com/home/x").send("PASS hunter2")
    return script.records


def test_the_report_has_all_parts() -> None:
    text = write_report(parts(records("inside_address")))
    for title in ("# tuiftp report", "## Versions", "## Settings", "## Findings", "## Probe", "## Exchange"):
        assert title in text
    for part in (
        "- tuiftp: 0.1.0",
        "- mode: auto",
        "### R1 ",
        "| way | reply | verdict |",
        "ok \\| fine",
        "→ PASV",
    ):
        assert part in text


def test_nothing_private_is_left_by_default() -> None:
    log = private_log()
    text = write_report(parts(log, secrets=("hunter2",), users=("maria",), hosts=("ftp.example.com",)))
    for private in ("hunter2", "maria", "demo", "tax", "secret plan", "example.com", "203.0.113.7", "203,0,113,7",
                    "192.168.7.2", "192,168,7,2", "198.51.100.9"):  # fmt: skip
        assert private not in text, private


def test_tokens_keep_their_class_and_stand_for_the_same_thing() -> None:
    text = write_report(parts(records("inside_address")))
    assert re.search(r"227 Entering Passive Mode \(private-\d+,195,203\)", text)
    peer = re.search(r"connected to (public-\d+):21", text)
    assert peer
    assert text.count(peer[1]) >= 4
    assert "USER user-1" in text


def test_without_hiding_only_passwords_are_masked() -> None:
    text = write_report(parts(private_log(), secrets=("hunter2",)), anonymous=False)
    assert "hunter2" not in text
    assert "/home/maria/tax 2025" in text
    assert "203.0.113.7" in text


def test_a_server_cannot_break_out_of_the_report() -> None:
    log = [
        WireRecord(START, 1, RecordKind.REPLY, "220 ```\n# gotcha\x1b[31m ````"),
        WireRecord(START, 1, RecordKind.STATUS, "x"),
    ]
    text = write_report(ReportParts(log, matrix=[("a", "b"), ("<script>", "x\n|y")]))
    assert "`````text" in text
    assert "\x1b" not in text
    assert "\n# gotcha" not in text
    assert "<script>" not in text.replace("\\<script\\>", "")


def test_a_long_log_is_cut_and_it_says_so() -> None:
    log = [WireRecord(START, 1, RecordKind.COMMAND, f"RETR file-{number}.txt") for number in range(3_000)]
    text = write_report(ReportParts(log))
    assert "2,000 before them are left out" in text
    assert len(text.splitlines()) < 1_100


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_can_be_reported_and_is_the_same_each_time(name: str) -> None:
    log = records(name)
    text = write_report(parts(log))
    assert text == write_report(parts(log))
    assert "203.0.113.7" not in text
    assert "2001:db8" not in text


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("connected to [2001:db8::7]:21 from 10.0.0.5:4", "connected to [public-1]:21 from private-1:4"),
        ("EPRT |2|fe80::1|50000|", "EPRT |2|linklocal-1|50000|"),
        ("127.0.0.1 and 0.0.0.0 stay, 100.64.0.1 not", "127.0.0.1 and 0.0.0.0 stay, cgnat-1 not"),
        ("at 12:30:45 vsFTPd 3.0.3", "at 12:30:45 vsFTPd 3.0.3"),
        ("see /srv/ftp/x and C:\\data\\y", "see path-1 and path-2"),
        ("MLST type*;size*;unix.mode;", "MLST type*;size*;unix.mode;"),
        ("SHA-256 " + "AB:" * 31 + "CD", "SHA-256 fingerprint-1"),
        ("ftp.example.com and FTP.EXAMPLE.COM", "host-1 and host-1"),
        ("mail Maria.S+ftp@Example.org.", "mail email-1"),
        ("ftp://maria@nas.example.org/x", "ftp:path-1"),
        ("öbb.at and пример.xn--p1ai", "host-1 and host-2"),
        (r"on \\fileserver\tax\2025", "on path-1"),
        ("see '/srv/tax 2025/x'", "see 'path-1'"),
        ("pool-203-0-113-7 and 192-168-7-2", "pool-public-1 and private-1"),
        ("on 2026-11-24", "on 2026-11-24"),
    ],
)
def test_what_is_replaced(text: str, hidden: str) -> None:
    assert Tokens().hide(text) == hidden


@given(st.text(), st.sampled_from(RecordKind))
def test_no_text_makes_a_report_fail(text: str, kind: RecordKind) -> None:
    log = [
        WireRecord(START, 1, RecordKind.COMMAND, f"CWD {text}"),
        WireRecord(START, 1, kind, text, note=text),
    ]
    write_report(ReportParts(log, settings={text: text}, matrix=[(text,), (text, text)]))


@given(st.from_regex(r"[A-Za-z0-9]{6,20}", fullmatch=True))
def test_a_password_is_nowhere_whatever_it_is(password: str) -> None:
    word = f"zq{password}"
    log = Script().begin().send(f"PASS {word}").reply(f"530 {word} is wrong").records
    for anonymous in (True, False):
        assert word not in write_report(ReportParts(log, secrets=[word]), anonymous=anonymous)


SECRETS = {
    "email": "maria.s+ftp@acme-corp.org", "host": "nas7.acme-corp.org", "unc": r"\\nas7\tax",
    "path": "/home/maria/tax",
    "drive": "D:\\Daten\\tax", "address": "203.0.113.77", "hyphens": "203-0-113-77", "six": "203,0,113,77,4,5",
    "ipv6": "2001:db8::77", "url": "ftp://maria@nas7.acme-corp.org/tax", "user": "maria",
}  # fmt: skip
PLACES = ("{}", "before {} after", "({})", "[{}]", '"{}"', "“{}”", "<{}>", "x={}", "{},", "{};", "{}.")
FIELDS = ("text", "note", "local", "remote", "title", "advice", "tls")
CODES = ("150", "211", "213", "214", "220", "226", "227", "229", "230", "250", "257", "331", "421", "425", "500",
         "530", "550", "553")  # fmt: skip


@given(
    st.sampled_from(sorted(SECRETS)), st.sampled_from(PLACES), st.sampled_from(FIELDS), st.sampled_from(CODES),
    st.sampled_from([" ", "-"]), st.sampled_from(list(RecordKind)),
)  # fmt: skip
def test_nothing_of_a_person_is_left_in_any_field_of_any_reply(
    kind: str, place: str, field: str, code: str, gap: str, record_kind: RecordKind
) -> None:
    planted = place.format(SECRETS[kind])
    gap = gap if record_kind is RecordKind.REPLY else " "
    line = f"{code}{gap}{planted}" if field == "text" else f"{code}{gap}Done."
    record = WireRecord(START, 1, record_kind, line)
    if field != "text":
        record = replace(record, **{field: planted})  # type: ignore[arg-type]
    log = [
        *Script().begin().records,
        record,
        WireRecord(START, 1, RecordKind.REPLY, f"{code} Done."),
    ]
    text = write_report(ReportParts(log, users=("maria",)))
    for private in (
        "maria",
        "acme",
        "nas7",
        "tax",
        "Daten",
        "203.0.113.77",
        "203-0-113-77",
        "203,0,113,77",
        ":77",
    ):
        assert private not in text, (private, planted, text)


@pytest.mark.parametrize(
    ("line", "hidden"),
    [
        ("220 Welcome to the FTP server of Maria Schmidt", "220 Welcome to the FTP server of text-1"),
        ("220 fileserver01 FTP server (vsFTPd 3.0.3) ready.", "220 text-1 FTP server (vsFTPd 3.0.3) ready."),
        (
            "220 ProFTPD 1.3.8b Server (Acme GmbH) [::ffff:10.0.0.1]",
            "220 ProFTPD 1.3.8b Server (text-1) [private-1]",
        ),
        ("230 User Jörg O'Neill logged in.", "230 User text-1 logged in."),
        ("230 Login successful.", "230 Login successful."),
    ],
)
def test_the_free_text_of_a_greeting_is_hidden_and_the_software_stays(line: str, hidden: str) -> None:
    assert Tokens().hide_reply(line) == hidden


def test_the_inner_lines_of_a_greeting_are_free_text_too() -> None:
    lines = ("220-Hello", " Call Maria Schmidt", "220 ready", "200 Call accepted", "550 Schmidt has it")
    log = [WireRecord(START, 1, RecordKind.REPLY, line) for line in lines]
    text = write_report(ReportParts(log))
    assert "Maria" not in text
    assert "Schmidt" not in text
