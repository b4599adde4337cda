"""A corpus of names that are trouble somewhere: what the verdict of the name check is tested with."""

# ruff: noqa: E501 - such a table reads better in long lines

from __future__ import annotations

from collections.abc import Iterator

_WORDS = {
    "latin-1": ("café", "Übergröße", "niño", "São", "garçon", "Ærø", "fête", "Straße", "à côté"),
    "cp1252": ("“quoted”", "5€", "l’été", "naïve…", "œuvre"),
    "shift_jis": ("日本語", "写真", "ファイル", "表示", "ソース", "履歴書"),
    "euc_jp": ("日本語", "写真", "ファイル", "会議録", "年賀状"),
    "gbk": ("中文", "照片", "文件", "简历", "北京"),
    "big5": ("中文", "照片", "檔案", "履歷", "臺灣"),
    "euc_kr": ("한국어", "사진", "문서", "이력서", "서울"),
    "koi8_r": ("Документ", "фото", "Москва", "привет"),
    "cp1251": ("Документ", "фото", "Москва", "привет", "Київ"),
    "cp866": ("Документ", "фото", "Москва"),
    "cp437": ("café", "Größe", "señor"),
    "cp850": ("café", "Größe", "São"),
    "iso8859_2": ("Łódź", "příklad", "żółć", "kőszeg"),
    "iso8859_7": ("Ελλάδα", "φωτογραφία", "αρχείο"),
    "iso8859_8": ("שלום", "תמונה", "מסמך"),
    "iso8859_9": ("İstanbul", "şarkı", "çocuk", "ağaç"),
    "cp874": ("ภาษา", "เอกสาร", "รูปภาพ"),
    "utf-8": (
        *(
            "café",
            "cafe\u0301",
            "日本語",
            "中文",
            "한국어",
            "Привет",
            "Ελλάδα",
            "שלום",
            "العربية",
            "ไทย",
            "हिन्दी",
            "தமிழ்",
        ),
        *(
            "ქართული",
            "հայերեն",
            "አማርኛ",
            "ខ្មែរ",
            "မြန်မာ",
            "ᏣᎳᎩ",
            "\U0001f984",
            "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        ),
        *(
            "\U00010330\U00010331",
            "\ufb01",
            "\u212b",
            "\u00c5",
            "A\u030a",
            "\u1e69",
            "s\u0323\u0307",
            "\ufeffbom",
            "\u200b",
        ),
        *(
            "\u202eright",
            "\u2028line",
            "\u0085next",
            "\ufffe",
            "\uffff",
            "\ufdd0",
            "\U0001ffff",
            "\U0010ffff",
            "\ue000",
        ),
    ),
}

_BYTES = (
    *(b"c%02x" % code + bytes([code]) for code in (*range(1, 32), 127) if code != ord("/")),
    b"line\nbreak", b"carriage\rreturn", b"tab\tstop", b" leading", b"trailing ", b"dot.", b"...", b"-dash", b"--delete",
    b"%2F", b"%41%zz", b"+", b"a+b c", b"*", b"?", b"[x]", b"\\", b"'", b'"', b"`", b"$HOME", b"&amp;", b"<tag>", b"~",
    b"#", b";", b"|", b"{}", b"None", b"null", b"n" * 255,
    # Overlong forms, encoded surrogates, beyond Unicode, truncated sequences, stray bytes.
    b"over\xc0\xaf", b"over\xc1\xbf", b"over\xe0\x80\xaf", b"over\xf0\x80\x80\xaf", b"sur\xed\xa0\x80", b"sur\xed\xbf\xbf",
    b"cesu\xed\xa0\xbd\xed\xb8\x80", b"beyond\xf4\x90\x80\x80", b"beyond\xf5\x80\x80\x80", b"cut\xc3", b"cut\xe6\x97",
    b"cut\xf0\x9f\xa6", b"cut\xc3 middle", b"stray\x80", b"stray\xbf", b"stray\xfe", b"stray\xff", b"\x8e\xa1", b"\x8f\xa2\xaf",
    # A second spelling of a character, in EUC-JP and in Big5: aws decodes it, and looks for the first one.
    b"twice\x8f\xa2\xb7", b"twice\x8f\xa2\xb7dir/good", b"twice\xa1\xfe", b"twice\xa1\xfedir/good",
    # Bad directories above good files, good ones above bad files.
    b"bad\xff/good", b"bad\xff/deep/good", b"good/bad\xff", b"caf\xe9/caf\xc3\xa9", b"caf\xc3\xa9/caf\xe9", b"caf\xe9/plain",
)  # fmt: skip


def corpus() -> Iterator[bytes]:
    """Paths, all of which fit beside each other in one directory."""
    seen = set()
    for encoding, words in _WORDS.items():
        for word in words:
            path = f"{encoding}-".encode() + word.encode(encoding)
            if path not in seen and b"/" not in path:
                seen.add(path)
                yield path
    yield from _BYTES
