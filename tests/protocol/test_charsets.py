"""Short lists of names as servers in many countries have them, and what they are written in."""

from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiftp.protocol.charsets import Guess, guess_charset, rank_charsets
from tuiftp.protocol.text import is_wire_encoding

LISTS: dict[str, list[str]] = {
    "Japanese": [
        "写真",
        "議事録2019.docx",
        "新しいフォルダー",
        "請求書_5月分.pdf",
        "バックアップ",
        "IMG_0012.jpg",
    ],
    "Japanese with kana only": ["テスト.txt", "メモ", "おしらせ.html"],
    "Japanese in kanji only": ["会議資料.ppt", "報告書", "東京"],
    "simplified Chinese": ["新建文件夹", "照片2020", "工作报告.doc", "说明书.txt", "音乐"],
    "simplified Chinese, two": ["北京.jpg", "课程表.xls"],
    "traditional Chinese": ["新資料夾", "會議記錄.doc", "照片", "台灣.jpg", "備份"],
    "Korean": ["새 폴더", "사진", "회의록.hwp", "이력서_최종.doc", "음악"],
    "Russian": ["Документы", "отчёт за март.xls", "фото", "Новая папка", "readme.txt"],
    "Russian, one": ["музыка"],
    "Ukrainian": ["Звіт за їжу.doc", "фотографії", "Київ"],
    "German": ["Müller.doc", "Übersicht.xls", "straße.jpg", "Geschäftsführung", "a.txt"],
    "French": ["été.jpg", "reçu n°3.pdf", "Téléchargements", "à lire.txt"],
    "Spanish": ["año nuevo.txt", "presentación.ppt", "España", "corazón.mp3"],
    "Portuguese": ["relatório.doc", "avaliações", "São Paulo.jpg", "informações.txt"],
    "Swedish": ["Räksmörgås.txt", "bilder från Åre", "hälsa"],
    "Polish": ["zdjęcia", "umowa_końcowa.doc", "książki", "żółw.jpg", "łódź.txt"],
    "Czech": ["Příloha č. 1.doc", "žluťoučký kůň.txt", "fotky z výletu", "účtenka.pdf"],
    "Hungarian": ["őszi képek", "számla.pdf", "tűz.jpg", "gyűjtemény"],
    "Turkish": ["Yeni klasör", "fotoğraflar", "özgeçmiş.doc", "şarkı.mp3", "ışık.txt"],
    "Greek": ["Έγγραφα", "φωτογραφίες", "Νέος φάκελος", "μουσική.mp3"],
    "Hebrew": ["תמונות", "מסמך חדש.doc", "מוזיקה"],
    "Arabic": ["مجلد جديد", "صور", "تقرير.doc", "الموسيقى"],
    "Thai": ["รูปภาพ", "เอกสารใหม่.doc", "เพลง"],
    "Lithuanian": ["Ataskaita už kovą.doc", "nuotraukų rinkinys", "žemėlapis.jpg", "ąžuolas"],
}

WRITTEN = {
    "cp932": ["Japanese", "Japanese with kana only", "Japanese in kanji only"],
    "euc_jp": ["Japanese", "Japanese with kana only", "Japanese in kanji only"],
    "gb18030": ["simplified Chinese", "simplified Chinese, two"],
    "big5": ["traditional Chinese"],
    "cp949": ["Korean"],
    "cp1251": ["Russian", "Russian, one", "Ukrainian"],
    "koi8_r": ["Russian", "Russian, one"],
    "koi8_u": ["Ukrainian"],
    "cp866": ["Russian", "Russian, one"],
    "cp1252": ["German", "French", "Spanish", "Portuguese", "Swedish"],
    "cp850": ["German", "French", "Spanish", "Swedish"],
    "cp1250": ["Polish", "Czech", "Hungarian"],
    "iso8859_2": ["Polish", "Czech", "Hungarian"],
    "cp1254": ["Turkish"],
    "cp1253": ["Greek"],
    "cp1255": ["Hebrew"],
    "cp1256": ["Arabic"],
    "cp874": ["Thai"],
    "cp1257": ["Lithuanian"],
}


@pytest.mark.parametrize("language", LISTS)
def test_utf8_is_told_first(language: str) -> None:
    guess = guess_charset(name.encode() for name in LISTS[language])
    assert guess.encoding == "utf-8"
    assert guess.confidence > 0.95
    assert guess.sample in LISTS[language]


@pytest.mark.parametrize(
    ("encoding", "language"), [(encoding, language) for encoding in WRITTEN for language in WRITTEN[encoding]]
)
def test_names_read_as_they_were_written(encoding: str, language: str) -> None:
    names = LISTS[language]
    guess = guess_charset(name.encode(encoding) for name in names)
    read = [name.encode(encoding).decode(guess.encoding, "replace") for name in names]
    assert read == names, guess
    assert guess.confidence > 0.7
    assert guess.sample in names


def test_ascii_tells_nothing() -> None:
    assert guess_charset([b"a.txt", b"README", b""]) == Guess("utf-8", 1.0, "")
    assert guess_charset([]) == Guess("utf-8", 1.0, "")


def test_one_broken_name_among_many_does_not_change_the_guess() -> None:
    names = [f"été{number}.jpg".encode() for number in range(20)]
    guess = guess_charset([*names, b"\xff\xfe"])
    assert guess.encoding == "utf-8"
    assert guess.confidence < 1
    names = [f"фото {number}".encode("cp1251") for number in range(20)]
    assert guess_charset([*names, "写真".encode()]).encoding == "cp1251"


def test_half_in_one_and_half_in_another_encoding_is_not_sure() -> None:
    names = ["Документы", "отчёт", "фото", "музыка"]
    guess = guess_charset(
        [name.encode() for name in names[:2]] + [name.encode("cp1251") for name in names[2:]]
    )
    assert guess.confidence < 0.7


def test_a_lone_sign_is_not_sure() -> None:
    assert guess_charset([b"\x95"]).confidence < 0.7


def test_candidates_are_ranked_and_can_all_be_used() -> None:
    ranked = rank_charsets([name.encode("cp1250") for name in LISTS["Czech"]])
    assert len(ranked) > 3
    assert [guess.confidence for guess in ranked] == sorted(
        (guess.confidence for guess in ranked), reverse=True
    )
    assert sum(guess.confidence for guess in ranked) == pytest.approx(1)
    assert all(is_wire_encoding(guess.encoding) for guess in ranked)


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_no_names_are_too_odd(names: list[bytes]) -> None:
    guess = guess_charset(names)
    assert 0 <= guess.confidence <= 1
    assert is_wire_encoding(guess.encoding)


def test_a_hundred_thousand_names_cost_no_more_than_a_few_hundred() -> None:
    names = [f"写真 {number:06}".encode("cp932") * 20 for number in range(100_000)]
    begin = perf_counter()
    assert guess_charset(names).encoding == "cp932"
    assert perf_counter() - begin < 2
