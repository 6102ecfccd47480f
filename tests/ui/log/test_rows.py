"""Records of the protocol log become lines: signs, tones, notes, and cuts by cell width."""

from dataclasses import replace

import pytest

from tests.ui.panel_host import record
from tuiftp.protocol.text import cell_width
from tuiftp.ui.log.rows import LogLayout, LogRow, ReplyTones, Tone, compose, count_lines
from tuiftp.wirelog.records import DataEvent, WireRecord

WIDE = LogLayout(width=100)


def row(each: WireRecord) -> LogRow:
    return LogRow(0, each, ReplyTones().tone(each))


def texts(each: WireRecord, layout: LogLayout = WIDE) -> list[str]:
    return ["".join(text for _, text in spans) for spans in compose(row(each), layout)]


@pytest.mark.parametrize(
    ("each", "sign", "tone"),
    [
        (record("LIST", "command"), "→", Tone.COMMAND),
        (record("150 Here it comes"), "←", Tone.PRELIMINARY),
        (record("226 Done"), "←", Tone.REPLY),
        (record("350 Ready"), "←", Tone.REPLY),
        (record("425 No data connection"), "←", Tone.ERROR),
        (record("550 No such file"), "←", Tone.ERROR),
        (record("no code at all"), "←", Tone.REPLY),
        (record("connecting", "status"), "ⓘ", Tone.STATUS),
        (record("lost", "error"), "✗", Tone.ERROR),
        (record("a NAT", "finding"), "⚠", Tone.FINDING),
        (record("we connected", "data", event=DataEvent.CONNECTED), "⇄", Tone.DATA),
        (record("nothing arrived", "data", event=DataEvent.FAILED), "✗", Tone.ERROR),
    ],
)
def test_kinds_differ_by_sign_and_by_tone(each: WireRecord, sign: str, tone: Tone) -> None:
    spans = compose(row(each), WIDE)[0]
    assert spans[1] == (tone, f"{sign} ")
    assert spans[2] == (tone, each.text)


def test_a_multi_line_reply_has_the_tone_of_its_code_to_the_end() -> None:
    tones = ReplyTones()
    lines = ["230-Welcome", "550 is only a number here", " so is this", "230 Logged in"]
    assert {tones.tone(record(line)) for line in lines} == {Tone.REPLY}
    assert tones.tone(record("550 No such file")) is Tone.ERROR


def test_a_reply_that_was_never_ended_ends_with_the_next_command() -> None:
    tones = ReplyTones()
    tones.tone(record("230-Welcome"))
    tones.tone(record("LIST", "command"))
    assert tones.tone(record("550 No such file")) is Tone.ERROR


def test_replies_of_two_connections_do_not_mix() -> None:
    tones = ReplyTones()
    tones.tone(record("230-Welcome", conn=1))
    assert tones.tone(record("550 No", conn=2)) is Tone.ERROR


def test_a_note_stands_under_its_command_and_its_alarm_is_told_apart() -> None:
    each = record(
        "PORT 192,168,1,100,195,80", "command", note="asks to connect to :50000 · ⚠ private address"
    )
    spans = compose(row(each), WIDE)[1]
    assert spans[1:] == [
        (Tone.NOTE, "⤷ "), (Tone.NOTE, "asks to connect to :50000 · "), (Tone.WARNING, "⚠ private address"),
    ]  # fmt: skip


def test_an_alarm_that_goes_on_in_the_next_line_keeps_its_tone() -> None:
    each = record(
        "PORT 1,2,3,4,5,6", "command", note="connect ⚠ private address of no use to a public server"
    )
    lines = compose(row(each), LogLayout(width=40))
    assert [spans[-1][0] for spans in lines[1:]] == [Tone.WARNING] * (len(lines) - 1)
    assert len(lines) > 2


def test_the_time_is_whole_where_there_is_room_and_short_where_not() -> None:
    each = record("LIST", "command")
    local = each.at.astimezone()
    assert texts(each)[0].startswith(f"{local:%H:%M:%S}.004 #1 → LIST")
    assert texts(each, LogLayout(width=50))[0].startswith(f"{local:%S}.004 #1 → LIST")


def test_a_finding_shows_its_title_then_what_it_says_and_advises() -> None:
    lines = texts(record("nothing forwards it", "finding", title="NAT in the way", advice="use passive mode"))
    assert [line.split(maxsplit=1)[-1].strip() for line in lines][1:] == [
        "nothing forwards it",
        "use passive mode",
    ]
    assert lines[0].endswith("⚠ NAT in the way")


HOSTILE = [
    "\x1b[31mred\x1b]0;title\x07",
    "[@click=app.bell]press[/] [red]x[/red] [/x]",
    "\u202egnp.exe \u200b \u2028",
    "x" * 65_536,
    "リ" * 65_536,
    "e" + "\u0301" * 65_536,
    "\ud800\udcff",
    "220 \r\n\t\x00\x9b1m",
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:12])
@pytest.mark.parametrize("width", [20, 50, 100])
@pytest.mark.parametrize("is_wrapped", [False, True])
@pytest.mark.parametrize("kind", ["reply", "status", "finding"])
def test_hostile_text_is_shown_literally_and_cut(text: str, width: int, is_wrapped: bool, kind: str) -> None:
    layout = LogLayout(width=width, is_wrapped=is_wrapped)
    each = record(text, kind, note=text, advice=text, title=None)
    lines = texts(each, layout)
    assert len(lines) == count_lines(row(each), layout)
    assert all(cell_width(line) <= max(width, layout.indent + 8) for line in lines)
    assert all(line.isprintable() for line in lines)
    assert not any(char in "".join(lines) for char in "\u202e\u200b\u2028\ud800")
    assert len(lines) <= 20


def test_a_data_connection_is_told_shorter_where_it_is_narrow() -> None:
    each = replace(
        record("we connected, 10.0.0.5:41002 → 203.0.113.7:50123", "data", event=DataEvent.CONNECTED),
        local="10.0.0.5:41002", remote="203.0.113.7:50123", ms=12.2,
    )  # fmt: skip
    assert texts(each)[0].endswith("⇄ we connected, 10.0.0.5:41002 → 203.0.113.7:50123  12 ms")
    (line,) = texts(each, LogLayout(width=58))
    assert line.endswith("⇄ we connected → 203.0.113.7:50123  12 ms")
    assert len(texts(each, LogLayout(width=40))) == 2


def test_markup_is_text() -> None:
    assert texts(record("[red]x[/red]"))[0].endswith("← [red]x[/red]")


def test_wrapping_shows_what_cutting_hides() -> None:
    each = record("200 " + "word " * 30 + "END")
    assert "END" not in "".join(texts(each, LogLayout(width=60)))
    assert "END" in "".join(texts(each, LogLayout(width=60, is_wrapped=True)))
