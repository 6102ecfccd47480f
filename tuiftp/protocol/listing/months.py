"""Month names to numbers, as `ls` prints them in some fifty languages.

The table holds names in full; any beginning of three letters or more that leaves no doubt counts. Case,
accents and dots do not matter. Where two languages disagree (`lip` is July in Polish, June in Croatian) the
first in the table wins.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache

_NAMES = (
    "january february march april may june july august september october november december",
    "januar februar marz april mai juni juli august september oktober november dezember",
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "januari februari mars april maj juni juli augusti september oktober november december",
    "januar februar mars april mai juni juli august september oktober november desember",
    "tammikuu helmikuu maaliskuu huhtikuu toukokuu kesakuu heinakuu elokuu syyskuu lokakuu marraskuu "
    "joulukuu",
    "styczen luty marzec kwiecien maj czerwiec lipiec sierpien wrzesien pazdziernik listopad grudzien",
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia wrzesnia pazdziernika listopada grudnia",
    "leden unor brezen duben kveten cerven cervenec srpen zari rijen listopad prosinec",
    "ledna unora brezna dubna kvetna cervna cervence srpna zari rijna listopadu prosince",
    "januar februar marec april maj jun jul august september oktober november december",
    "januar februar marcius aprilis majus junius julius augusztus szeptember oktober november december",
    "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    "ocak subat mart nisan mayis haziran temmuz agustos eylul ekim kasim aralik",
    "jaanuar veebruar marts aprill mai juuni juuli august september oktoober november detsember",
    "janvaris februaris marts aprilis maijs junijs julijs augusts septembris oktobris novembris decembris",
    "sausis vasaris kovas balandis geguze birzelis liepa rugpjutis rugsejis spalis lapkritis gruodis",
    "januar februar marec april maj junij julij avgust september oktober november december",
    "gener febrer marc abril maig juny juliol agost setembre octubre novembre desembre",
    "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "січень лютий березень квітень травень червень липень серпень вересень жовтень листопад грудень",
    "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "януари февруари март април май юни юли август септември октомври ноември декември",
    "студзень люты сакавік красавік май чэрвень ліпень жнівень верасень кастрычнік лістапад снежань",
    "јануар фебруар март април мај јун јул август септембар октобар новембар децембар",
    "јануари февруари март април мај јуни јули август септември октомври ноември декември",
    "januar februar mart april maj jun jul avgust septembar oktobar novembar decembar",
    "sijecanj veljaca ozujak travanj svibanj lipanj srpanj kolovoz rujan listopad studeni prosinac",
    "sijecnja veljace ozujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenoga prosinca",
    "janar shkurt mars prill maj qershor korrik gusht shtator tetor nentor dhjetor",
    "januar februar mars april mai juni juli agust september oktober november desember",
    "xaneiro febreiro marzo abril maio xuno xullo agosto setembro outubro novembro decembro",
    "urtarrila otsaila martxoa apirila maiatza ekaina uztaila abuztua iraila urria azaroa abendua",
    "ionawr chwefror mawrth ebrill mai mehefin gorffennaf awst medi hydref tachwedd rhagfyr",
    "januari februari maret april mei juni juli agustus september oktober november desember",
    "januari februari mac april mei jun julai ogos september oktober november disember",
    "yanvar fevral mart aprel may iyun iyul avqust sentyabr oktyabr noyabr dekabr",
    "ιανουαριος φεβρουαριος μαρτιος απριλιος μαιος ιουνιος ιουλιος αυγουστος σεπτεμβριος οκτωβριος "
    "νοεμβριος δεκεμβριος",
    "ιανουαριου φεβρουαριου μαρτιου απριλιου μαιου ιουνιου ιουλιου αυγουστου σεπτεμβριου οκτωβριου "
    "νοεμβριου δεκεμβριου",
    "იანვარი თებერვალი მარტი აპრილი მაისი ივნისი ივლისი აგვისტო სექტემბერი ოქტომბერი ნოემბერი დეკემბერი",
    "հունվար փետրվար մարտ ապրիլ մայիս հունիս հուլիս օգոստոս սեպտեմբեր հոկտեմբեր նոյեմբեր դեկտեմբեր",
    "ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר",
    "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر",
    "ม.ค ก.พ มี.ค เม.ย พ.ค มิ.ย ก.ค ส.ค ก.ย ต.ค พ.ย ธ.ค",
    "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม",
    "जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर",
    "一月 二月 三月 四月 五月 六月 七月 八月 九月 十月 十一月 十二月",
)

_ALSO = {
    "mrz": 3, "maerz": 3, "jänner": 1, "janner": 1, "mrt": 3, "gen": 1, "set": 9, "ott": 10, "out": 10,
    "cen": 6, "cec": 7, "ago": 8, "agu": 8, "avr": 4, "dic": 12, "dez": 12, "des": 12, "dets": 12,
    "sept": 9, "ene": 1, "apr": 4, "abr": 4, "ag": 8, "di": 12, "mei": 5, "noi": 11, "jui": 7,
}  # fmt: skip

_OTHER_ENCODINGS = (
    "cp1252", "cp1251", "koi8_r", "iso8859_2", "iso8859_7", "iso8859_9", "cp850", "cp866", "iso8859_5", "koi8_u",
    "cp852", "cp1255", "cp1256", "cp874", "mac_roman", "mac_cyrillic", "cp737",
)  # fmt: skip
"""What a server may write its months in although its names are UTF-8."""


def _fold(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.lower().replace("ı", "i").replace("ł", "l"))
    return (
        "".join(char for char in decomposed if not unicodedata.combining(char)).replace("ς", "σ").strip(".,")
    )


def _table(languages: Sequence[str]) -> dict[str, int]:
    table: dict[str, int] = {}
    for names in languages:
        full = [_fold(name) for name in names.split()]
        for number, name in enumerate(full, 1):
            table.setdefault(name, number)
        for number, name in enumerate(full, 1):
            for length in range(3, len(name)):
                start = name[:length]
                if sum(other.startswith(start) for other in full) == 1:
                    table.setdefault(start, number)
    return table


_ENGLISH = _table(_NAMES[:1])
"""What nearly every server writes: the other languages are made ready for the first that does not."""


@cache
def _all_months() -> dict[str, int]:
    table = _table(_NAMES)
    for name, number in _ALSO.items():
        table.setdefault(_fold(name), number)
    return table


def _known(name: str) -> int | None:
    return _ENGLISH.get(name) or _all_months().get(name)


@lru_cache(maxsize=512)
def month_number(word: str) -> int | None:
    """The number of a month's name or abbreviation, or None. Digits with a sign behind (`8月`) count too."""
    number = _known(_fold(word))
    if number is not None:
        return number
    digits = re.match(r"(\d{1,2})[^\x00-\x7f]+\Z", word)
    if digits:
        return int(digits[1]) if 1 <= int(digits[1]) <= 12 else None
    if word.isascii() or len(word) > 32:
        return None
    data = word.encode("utf-8", "surrogateescape")
    for encoding in _OTHER_ENCODINGS:
        number = _known(_fold(data.decode(encoding, "replace")))
        if number is not None:
            return number
    return None
