"""Character frequencies of file names by language, by which `charsets` ranks candidate encodings.

A model knows letters in the order of their frequency, or the classes that East Asian character sets are built
of (kana, everyday characters, their first and second level), and what stands beside what: an accented letter
stands among ASCII letters, a Cyrillic one among its own kind.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

CharacterWeight = Callable[[str], float]
"""The logarithm of how likely a character beyond ASCII is."""

_NEVER = math.log(1e-6)
_RARE_LETTER = math.log(1e-3)
_RARE_SIGN = math.log(3e-4)
_UPPER, _LOWER = math.log(0.15), math.log(0.85)
_SIGNS = frozenset("’‘“”–—°®™©€«»№§·…¿¡ºª")
_STEEPNESS = 3.6
"""The last letter of an alphabet is e to the power of this rarer than the first."""


@dataclass(frozen=True, slots=True)
class Model:
    """A language, or languages that share an alphabet."""

    weight: CharacterWeight
    """Weighs one character."""
    stay: float
    """How likely a character beyond ASCII follows another one (a logarithm, as all that follow)."""
    enter: float
    """How likely it follows an ASCII letter."""
    leave: float
    """How likely an ASCII letter follows it."""
    seen: dict[str, float] = field(default_factory=dict, compare=False)
    """Weights that were asked for before."""


def score(text: str, model: Model) -> float:
    """The logarithm of how likely a text is, as far as it is beyond ASCII."""
    total = 0.0
    before = " "
    seen = model.seen
    for char in text:
        if char < "\x80":
            if char.isalpha() and before >= "\x80":
                total += model.leave
        else:
            if char not in seen:
                seen[char] = model.weight(char)
            total += seen[char]
            if before >= "\x80":
                total += model.stay
            elif before.isalpha():
                total += model.enter
            if before.islower() and char.isupper():
                total += _NEVER / 4
        before = char
    return total


def _alphabet(letters: str, *, stay: float, enter: float, leave: float) -> Model:
    """A model of the letters beyond ASCII, the most frequent first."""
    shares = [math.exp(-_STEEPNESS * rank / len(letters)) for rank in range(len(letters))]
    total = sum(shares)
    weights = {letter: math.log(share / total) for letter, share in zip(letters, shares, strict=True)}

    def weight(char: str) -> float:
        known = weights.get(char.lower())
        if known is not None:
            return known + (_UPPER if char.isupper() else _LOWER)
        if char in _SIGNS:
            return _RARE_SIGN
        return _RARE_LETTER + _UPPER if char.isalpha() else _NEVER

    return Model(weight, math.log(stay), math.log(enter), math.log(leave))


def _accents(letters: str) -> Model:
    return _alphabet(letters, stay=0.06, enter=0.5, leave=0.9)


def _script(letters: str) -> Model:
    return _alphabet(letters, stay=0.9, enter=0.03, leave=0.03)


def _east_asian(everyday: str, share: float, other: Callable[[str], float], signs: str) -> Model:
    """A model in which `everyday` characters take `share` of all, and `other` weighs the rest by class."""
    common = frozenset(everyday)
    punctuation = frozenset(signs)
    weight_of_common = math.log(share / len(common))
    weight_of_sign = math.log(0.02 / len(punctuation))

    def weight(char: str) -> float:
        if char in common:
            return weight_of_common
        return weight_of_sign if char in punctuation else math.log(other(char))

    return Model(weight, math.log(0.85), math.log(0.3), math.log(0.3))


def _lead(char: str, encoding: str) -> int:
    """The first byte of a character of two bytes; its class in that character set. 0 where it has none."""
    data = char.encode(encoding, "ignore")
    return data[0] if len(data) == 2 else 0


def _japanese(char: str) -> float:
    if "ぁ" <= char <= "ゖ":
        return 0.25 / 86
    if "ァ" <= char <= "ー":
        return 0.30 / 92
    if "｡" <= char <= "ﾟ":
        return 0.004 / 63
    lead = _lead(char, "euc_jp")
    if 0xB0 <= lead <= 0xCF:
        return 0.14 / 2965
    return 0.005 / 3390 if lead >= 0xD0 else 1e-7 if lead == 0 else 0.005 / 600


def _simplified(char: str) -> float:
    lead = _lead(char, "gb2312")
    if 0xB0 <= lead <= 0xD7:
        return 0.32 / 3755
    return 0.015 / 3008 if lead > 0xD7 else 0.001 / 600 if lead else 0.001 / 20000


def _traditional(char: str) -> float:
    lead = _lead(char, "big5")
    if 0xA4 <= lead <= 0xC6:
        return 0.32 / 5401
    return 0.015 / 7652 if lead > 0xC6 else 0.001 / 400 if lead else 0.001 / 20000


def _korean(char: str) -> float:
    lead = _lead(char, "euc_kr")
    if 0xB0 <= lead <= 0xC8:
        return 0.28 / 2350
    if "가" <= char <= "힣":
        return 0.003 / 8822
    return 0.004 / 4888 if lead >= 0xCA else 0.002 / 900


WEST = _accents("éäöüáóíñèçàãåøêßæôâúëîïùõûìòœðþýÿ")
"""Western Europe."""
CENTRE = _accents("áéíłóěąęřšžőýčśżűůúöüćńňťďźăâîşţșțđľôäĺŕë")
"""Central Europe."""
BALTIC = _accents("āšīēčžūėąųņęļķģįåäöõü")
"""The Baltic."""
TURKISH = _accents("ıüşçöğiâî")
"""Turkish."""
CYRILLIC = _script("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъёіїєґ")
"""Russian and its neighbours."""
GREEK = _script("αοιετσνηρπκμλςυωγδχθφβξάίόέήύώζψϊϋ")
"""Greek."""
HEBREW = _script("יוהלאתרבמשנםכדחקעפטגצסזןךףץ")
"""Hebrew."""
ARABIC = _script("الينمرتوبةعدسفهكقحجأشطصخإضىغذثءئزآظؤپچگ")
"""Arabic."""
THAI = _script("านรกอเงมย่ลวด้ทตสัปิคีบพหชะุแไจขใูโ็ผถธซณศภ์ำษญฝฟฉฐฮึืฎฏฆฬ")
"""Thai."""
JAPANESE = _east_asian(
    "日一国人年大十二本中長出三時行見月後前生五間上東四今金九入学高円子外八六下来気小七山話女北午百書先名川千水半男西電"
    "校語土木聞食車何南万毎白天母火右読友左休父雨会同事自社発者地業方新場員立開手力問代明動京目通言理体田主題意不作用度"
    "強公持野以思家世多正安院心界教文元重近考画海売知道集別物使品計死特私始朝運終台広住無真有口少町料工建空急止送切転研"
    "足究楽起着店病質待試族銀早映親験英医仕去味写字答夜音注帰古歌買悪図週室歩風紙黒花春赤青館屋色走秋夏習駅洋旅服夕借曜"
    "資類像保存規版報告議録請求積表管設定説案内覧最修提課面接履歴簿予予稿備添付連絡部数値販務約契売給与番号県市区村株式",
    0.27, _japanese, "・「」（）【】、。〜～　『』％＆",
)  # fmt: skip
"""Japanese."""
SIMPLIFIED = _east_asian(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种"
    "事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第"
    "公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合"
    "回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总"
    "何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听"
    "白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带"
    "夹图片档案照视频音乐载桌复副稿影课考试答模板简历价附录版备份软装包料歌曲游戏京测单号",
    0.64, _simplified, "（）《》、，。：—·【】“”－",
)  # fmt: skip
"""Chinese in simplified characters."""
TRADITIONAL = _east_asian(
    "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種"
    "事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日軍者意無力它與長把機十民第"
    "公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利什二等產或新己制身果加西斯月話合"
    "回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比員解水名真論處走義各入幾口認條平系氣題活爾更別打女變四神總"
    "何電數安少報才結反受目太量再感建務做接必場件計管期市直德資命山金指克許統區保至隊形社便空決治展馬科司五基眼書非則聽"
    "白卻界達光放強即像難且權思王象完設式色路記南品住告類求據程北邊死張該交規萬取拉格望覺術領共確傳師觀清今切院讓識候帶"
    "檔案夾圖片照影音樂載桌備份版單號課考試答附錄軟料歌曲遊戲台灣臺香港測",
    0.64, _traditional, "（）《》、，。：—‧【】「」－",
)  # fmt: skip
"""Chinese in traditional characters."""
KOREAN = _east_asian(
    "이다는을의에가고하한지로기사대자시정리인일스트어아도나수보서해원부주전장동구성상문국제비조선유연경소공여화라신안계관무방"
    "모진미용목물세영분발회실오반생들있것그저를니면게만까년월업체교육획료새폴더음악운드파백복본설명력견적최종판록표서울강과험"
    "답집터통합결산예약신청단포직금매출재고급양식별프램디카임레이터상담내역증거래처규칙노래방송중개통",
    0.70, _korean, "（）「」、。·～　",
)  # fmt: skip
"""Korean."""
