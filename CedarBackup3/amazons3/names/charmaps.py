"""Decodes the encodings of GNU C library locales for which Python has no codec.

The tables say what its charmaps say (of signs that standards draw differently EUC-TW has Big5's); `python -m
util.charmaps` prints them anew.
"""

from __future__ import annotations

import codecs
import unicodedata
from bisect import bisect
from collections.abc import Iterator, Mapping

_NONE = "\ufffe"  # what codecs.charmap_decode takes for no character
_COMPOSED = {"cp1258", "tcvn"}  # encodings that write the tone of a Vietnamese vowel after it


def decodeText(name: bytes, encoding: str) -> str | None:
    """The text of a name in an encoding, one of Python's or one of these; None if it is none there.

    Vietnamese comes with its vowels and tones in one character, as UTF-8 is written and as aws and others expect it.
    """
    try:
        if encoding == "euc-tw":
            return "".join(_taiwanese(name))
        text = (
            codecs.charmap_decode(name, "strict", _TABLES[encoding])[0]
            if encoding in _TABLES
            else name.decode(encoding)
        )
    except UnicodeDecodeError:
        return None
    return unicodedata.normalize("NFC", text) if encoding in _COMPOSED else text


def _taiwanese(name: bytes) -> Iterator[str]:
    start = 0
    while start < len(name):
        if name[start] < 0x80:
            end = start + 1
            yield chr(name[start])
        else:
            lead = name[start : start + 2] if name[start] == 0x8E else b""
            end = start + len(lead) + 2
            runs, pair = _RUNS.get(lead), name[end - 2 : end]
            if runs is None or len(pair) < 2 or not all(0xA1 <= byte < 0xFF for byte in pair):
                raise UnicodeDecodeError("euc-tw", name, start, end, "not in planes 1 and 2")
            index = (pair[0] - 0xA1) * 94 + pair[1] - 0xA1
            first, number = runs[bisect(runs, (index, _LAST)) - 1]
            character = big5Character(number + index - first) if number >= 0 else ""
            if not character:
                raise UnicodeDecodeError("euc-tw", name, start, end, "no character")
            yield character
        start = end


def big5Character(number: int) -> str:
    """The character that stands at a place of Big5, counted from 0 through its rows of 157; empty if there is none."""
    lead, trail = divmod(number, 157)
    return bytes([0xA1 + lead, trail + (0x40 if trail < 63 else 0x62)]).decode("cp950", "ignore")


def _table(low: Mapping[int, str], high: str) -> str:
    """The characters of all 256 bytes: of the lower half ASCII but for some, of the upper those at its end."""
    return "".join(low.get(byte, chr(byte)) for byte in range(128)) + high.rjust(128, _NONE)


_TABLES = {
    "armscii-8": _table(
        {},
        "\xa0\ufffeև։\ufffe\ufffe»«—\ufffe՝\ufffe\ufffe֊…՜՛՞ԱաԲբԳգԴդԵեԶզԷէԸըԹթԺժԻիԼլԽխԾծԿկՀհՁձՂղՃճՄմՅյՆնՇշՈոՉչՊպՋջՌռՍսՎվՏտՐրՑցՒւՓփՔքՕօՖֆ՚\ufffe",
    ),
    "georgian-ps": _table(
        {},
        "\ufffe\ufffe‚ƒ„…†‡ˆ‰Š‹Œ\ufffe\ufffe\ufffe\ufffe‘’“”•–—˜™š›œ\ufffe\ufffeŸ\xa0¡¢£¤¥¦§¨©ª«¬\xad®¯°±²³´µ¶·¸¹º»¼½¾¿"
        "აბგდევზჱთიკლმნჲოპჟრსტჳუფქღყშჩცძწჭხჴჯჰჵæçèéêëìíîïðñòóôõö÷øùúûüýþÿ",
    ),
    "georgian-academy": _table(
        {},
        "\ufffe\ufffe‚ƒ„…†‡ˆ‰Š‹Œ\ufffe\ufffe\ufffe\ufffe‘’“”•–—˜™š›œ\ufffe\ufffeŸ\xa0¡¢£¤¥¦§¨©ª«¬\xad®¯°±²³´µ¶·¸¹º»¼½¾¿"
        "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰჱჲჳჴჵჶçèéêëìíîïðñòóôõö÷øùúûüýþÿ",
    ),
    "tcvn": _table(
        {1: "Ú", 2: "Ụ", 4: "Ừ", 5: "Ử", 6: "Ữ", 17: "Ứ", 18: "Ự", 19: "Ỳ", 20: "Ỷ", 21: "Ỹ", 22: "Ý", 23: "Ỵ"},
        "ÀẢÃÁẠẶẬÈẺẼÉẸỆÌỈĨÍỊÒỎÕÓỌỘỜỞỠỚỢÙỦŨ\xa0ĂÂÊÔƠƯĐăâêôơưđẰ\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴ"
        "ẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ",
    ),
    "viscii": _table(
        {2: "Ẳ", 5: "Ẵ", 6: "Ẫ", 20: "Ỷ", 25: "Ỹ", 30: "Ỵ"},
        "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯ"
        "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ",
    ),
}

# Where the characters of a plane of CNS 11643 stand in Big5, plane by lead bytes: from the first number on, counted by
# rows of 94, they have the second and those after it; -1 for none.
_LAST = 0xFFFF
_RUNS = {
    b"": [
        (0, 0), (21, 23), (24, 22), (29, 29), (73, 74), (74, 73), (75, 75), (127, 128), (128, 127), (130,
        130), (148, 149), (149, 148), (150, 150), (155, 21), (156, 156), (219, 13968), (223, 13967), (224,
        13951), (227, 227), (234, -1), (282, 234), (311, -1), (312, 264), (313, -1), (314, 266), (456,
        -1), (470, 6101), (490, -1), (3290, 471), (4702, 1884), (5126, 1883), (5127, 2308), (7003, 4571),
        (7004, 4184), (7391, 4572), (7916, 5286), (7917, 5097), (8022, -1), (8023, 5203), (8106, 5287),
        (8190, 5517), (8191, 5371), (8245, 5426), (8246, 5425), (8247, 5427), (8337, 5518), (8691, -1)
    ],
    b"\x8e\xa2": [
        (0, 6280), (10, 6291), (43, 6372), (44, 6324), (92, 6373), (138, 6586), (139, 6419), (306, 6587),
        (2146, 9074), (2147, 8428), (2255, 8537), (2792, 8427), (2793, 9075), (2893, 8536), (2894, 9175),
        (3293, 9575), (4930, 11761), (4931, 11212), (5077, 11899), (5078, 11358), (5365, 12508), (5366,
        11645), (5482, 11762), (5619, 11900), (5723, 12425), (5724, 12004), (5946, 12227), (6144, 12426),
        (6226, 12509), (6312, 12226), (6313, 12595), (6321, 12604), (6474, 12758), (6530, 13114), (6531,
        12814), (6644, 12603), (6645, 12927), (6787, 12757), (6788, 13069), (6833, 13115), (6904, 13380),
        (6905, 13186), (7099, 13381), (7589, 13914), (7590, 13871), (7633, 13915), (7634, 13917), (7645,
        13916), (7646, 13928), (7650, -1)
    ],
}  # fmt: skip
