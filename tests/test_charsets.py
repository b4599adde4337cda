"""charsets.py on names anybody can judge, and on bytes nobody would write; util/charsetbench.py has the rates."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from CedarBackup3.amazons3.names.charmaps import decodeText
from CedarBackup3.amazons3.names.charsets import ENCODINGS, Votes, detectEncoding, votesOf
from util.charsetbench import WRITTEN, samplesOf, treeGuesses, written

ALONE = [  # names that need no other name to be read
    ("cp1252", "Lebenslauf für Bewerbung.doc"),
    ("cp1252", "Übungsblätter Größe.pdf"),
    ("cp1252", "Grüße aus dem Süden.jpg"),
    ("cp1252", "résumé détaillé.doc"),
    ("cp1252", "Fotografías de la niña.zip"),
    ("cp1252", "Canção do exílio.mp3"),
    ("cp1252", "Räksmörgås.txt"),
    ("cp1252", "L’été à la plage.jpg"),
    ("cp1252", "Artist – Title.mp3"),
    ("cp1252", "Don’t stop.mp3"),
    ("cp850", "Blåbærsyltetøy.txt"),
    ("cp850", "Geschäftsbericht für März.doc"),
    ("cp850", "Año nuevo en España.txt"),
    ("cp437", "Bücher und Häuser.lst"),
    ("cp1250", "Zażółć gęślą jaźń.txt"),
    ("cp1250", "Příliš žluťoučký kůň.txt"),
    ("cp1250", "Árvíztűrő tükörfúrógép.txt"),
    ("cp852", "Święta u babci - zdjęcia.zip"),
    ("iso8859_2", "Zażółć gęślą jaźń.txt"),
    ("iso8859_2", "Životopis šéfa.doc"),
    ("iso8859_9", "Doğum günü fotoğrafları.zip"),
    ("cp857", "Düğün şarkıları.mp3"),
    ("koi8_r", "Привет, мир.txt"),
    ("koi8_r", "Курсовая работа.doc"),
    ("cp1251", "Новая папка"),
    ("cp1251", "ДОГОВОР №5.doc"),
    ("cp1251", "Свадьба друзей (1).jpg"),
    ("cp866", "Отчет за квартал.xls"),
    ("koi8_u", "Історія України.doc"),
    ("cp1251", "Привіт із Києва.jpg"),
    ("iso8859_7", "Φωτογραφίες διακοπών.zip"),
    ("cp1253", "Καλημέρα κόσμε.txt"),
    ("cp737", "Εργασία στην ιστορία.doc"),
    ("cp1255", "תמונות מהחתונה.zip"),
    ("iso8859_8", "מסמך חדש.doc"),
    ("cp862", "שיר השירים.txt"),
    ("cp874", "รายงานการประชุม.doc"),
    ("cp932", "新しいフォルダ"),
    ("cp932", "日本語.txt"),
    ("cp932", "写真１２.jpg"),
    ("euc_jp", "履歴書.doc"),
    ("euc_jp", "こんにちは.txt"),
    ("gbk", "新建文件夹"),
    ("gbk", "我的照片.jpg"),
    ("gb18030", "中文简历.doc"),
    ("big5", "新增資料夾"),
    ("big5", "台灣的風景.jpg"),
    ("euc_kr", "새 폴더"),
    ("cp949", "여름 휴가 사진.zip"),
    ("cp1256", "صور من حفل الزفاف.zip"),
    ("cp1256", "گزارش پروژه درس شيمي.doc"),
    ("iso8859_6", "مدرسة اللغة العربية.doc"),
    ("cp720", "رسالة إلى أبي.txt"),
    ("cp1257", "Nuotraukos iš kelionės į Šiaulius.zip"),
    ("cp775", "Dziesmu svētki Rīgā.mp3"),
    ("iso8859_13", "Mūsu grāmatvedības pārskats.xls"),
    ("cp1252", "Lõputöö täiendused.doc"),
    ("cp1258", "Hợp đồng lao động.doc"),
    ("tcvn", "Ảnh cưới của chúng tôi.jpg"),
    ("viscii", "Bài hát tiếng Việt.mp3"),
    ("armscii-8", "Հայոց լեզվի դասեր.doc"),
    ("georgian-ps", "ქართული სიმღერები.mp3"),
    ("georgian-academy", "ქართული სიმღერები.mp3"),
    ("koi8_t", "Сурудҳои тоҷикӣ.mp3"),
    ("ptcp154", "Қазақ тілі сабақтары.doc"),
    ("kz1048", "Әже мен аға суреттері.zip"),
    ("iso8859_5", "Фотографије са летовања.zip"),
    ("cp855", "Фотографије са летовања.zip"),
    ("mac_cyrillic", "Отчет за квартал.xls"),
    ("cp1251", "Справаздача за лістапад.doc"),
    ("cp1255", "ייִדישע לידער.mp3"),
    ("mac_roman", "Übungsblätter Größe.pdf"),
    ("mac_roman", "Liste détaillée des élèves.doc"),
    ("iso8859_3", "Ritratti taż-żwieġ fl-għodwa.zip"),
    ("iso8859_14", "Lluniau o'r tŷ a'r dŵr.zip"),
    ("cp1252", "Eyðimörkin og fjörðurinn.doc"),
    ("euc-tw", "會議記錄.doc"),
    ("big5hkscs", "香港嘅相片.jpg"),
    ("utf-8", "naïve"),
    ("utf-8", "Привет.txt"),
    ("utf-8", "日本語.txt"),
]
DAMAGED = [  # cut off inside a character, as by a limit on bytes; surrogates encoded each by itself; a byte lost
    ("Привет, мир".encode()[:-1], "Привет, ми\ufffd"),
    ("写真を見る".encode()[:-2], "写真を見\ufffd"),
    ("Élève préféré".encode()[:-1], "Élève préfér\ufffd"),
    ("Urlaub \U0001f600.jpg".encode("utf-16", "surrogatepass").decode("utf-16").encode(), None),
    (b"Urlaub \xed\xa0\xbd\xed\xb8\x80.jpg", "Urlaub \U0001f600.jpg"),
    ("Größe für Grüße".encode().replace(b"\xbc", b"?", 1), "Größe f\ufffd?r Grüße"),
]
ARCHIVES = [  # an encoding, names that say which it is, and one that by itself could be read otherwise
    ("iso8859_2", ["Účetnictví.xls", "Příloha č. 3.pdf", "Smlouva o dílo - návrh.doc", "Žádost.doc"], "Seznam č.1"),
    ("cp1254", ["Fotoğraflar", "İstanbul'da yaz.jpg", "Müşteri kayıtları.xls"], "Batı"),
    ("cp850", ["Übersicht.txt", "Änderungen.doc", "Straßenverzeichnis.pdf"], "NÖ"),
    ("koi8_r", ["Письма друзьям.txt", "Музыка для души", "Старые фотографии.zip"], "ЕЩЁ"),
    ("cp1251", ["Письма друзьям.txt", "Музыка для души", "Старые фотографии.zip"], "ЯП"),
    ("big5", ["會議記錄.doc", "照片說明.txt", "公司的報告.pdf"], "亞丁"),
    ("gbk", ["会议记录.doc", "照片说明.txt", "公司的报告.pdf"], "贝宁"),
    ("euc_kr", ["회의록.hwp", "사진 설명.txt", "졸업 여행"], "케냐"),
    ("cp1255", ["תמונות מהטיול", "עבודה בהיסטוריה.doc", "שירים"], "טוגו"),
]


def encoded(text: str, encoding: str) -> bytes:
    name = written(text, encoding)
    assert name is not None
    return name


def tree(encoding: str, texts: list[str]) -> Votes:
    return sum((votesOf(text.encode(encoding)) for text in texts), Votes())


@pytest.mark.parametrize(("encoding", "text"), ALONE)
def test_name_alone(encoding: str, text: str) -> None:
    guess = detectEncoding(encoded(text, encoding))
    assert guess is not None
    assert guess.text == text
    assert not guess.damaged


@pytest.mark.parametrize(("name", "text"), DAMAGED)
def test_damaged_utf8(name: bytes, text: str | None) -> None:
    guess = detectEncoding(name)
    assert guess is not None
    assert (guess.encoding, guess.damaged) == ("utf-8", text is not None)
    assert guess.text == (text or name.decode())


@pytest.mark.parametrize(("encoding", "texts", "lone"), ARCHIVES)
def test_tree_decides(encoding: str, texts: list[str], lone: str) -> None:
    guess = detectEncoding(lone.encode(encoding), (tree(encoding, texts),))
    assert guess is not None
    assert guess.text == lone


def test_lone_name_is_really_ambiguous() -> None:
    """Otherwise the test above would prove nothing."""
    guesses = [detectEncoding(lone.encode(encoding)) for encoding, _, lone in ARCHIVES]
    wrong = [lone for (_, _, lone), guess in zip(ARCHIVES, guesses, strict=True) if guess and guess.text != lone]
    assert len(wrong) >= len(ARCHIVES) // 2


def test_directory_before_tree() -> None:
    russian = ARCHIVES[3][1]
    directory, whole = tree("cp1251", russian), tree("cp1251", russian) + tree("koi8_r", russian * 20)
    for text in ("мир", "Тест", "яя"):
        near = detectEncoding(text.encode("cp1251"), (directory, whole))
        far = detectEncoding(text.encode("koi8_r"), (Votes(), whole))
        assert near is not None
        assert far is not None
        assert (near.text, far.text) == (text, text)


def test_evidence_does_not_silence_a_clear_name() -> None:
    whole = tree("cp1252", ["Übungsblätter.pdf", "Grüße.txt", "Größe.txt"] * 1000)
    for encoding, text in (("cp932", "新しいフォルダ"), ("cp1251", "Курсовая работа.doc")):
        guess = detectEncoding(text.encode(encoding), (whole,))
        assert guess is not None
        assert guess.text == text
    cut = detectEncoding("Élève préféré".encode()[:-1], (whole,))
    assert cut is not None
    assert cut.damaged


def test_ascii_says_nothing() -> None:
    assert detectEncoding(b"README.txt") is None
    assert detectEncoding(b"") is None
    assert votesOf(b"README.txt") == Votes()


def test_votes_add_up_in_any_order() -> None:
    votes = [votesOf(encoded(text, encoding)) for encoding, text in ALONE]
    shuffled = random.Random(1).sample(votes, len(votes))
    assert sum(votes, Votes()).weights == pytest.approx(sum(shuffled, Votes()).weights)


PAIRS = [(language, encoding) for language, encodings in WRITTEN.items() for encoding in encodings]
# Shares of names right, alone and in a tree of fifty, that hold for every pair on names from CLDR data, with room for
# other editions of it; and those of the pairs that fall short.
BOUNDS = (0.8, 0.94)
SHORT = {
    **dict.fromkeys((("lv", "cp775"), ("lv", "iso8859_13"), ("lt", "cp1257"), ("mi", "iso8859_13")), (0.68, 0.94)),
    ("it", "cp850"): (0.8, 0.9),  # fifteen names
}


@pytest.mark.parametrize(("language", "encoding"), PAIRS)
def test_names_that_nobody_here_wrote(language: str, encoding: str) -> None:
    samples = samplesOf(language, encoding, held=True)[:50]
    if len(samples) < 5:
        pytest.skip("too few names in this edition of CLDR")
    alone = [(guess := detectEncoding(sample.name)) is not None and guess.text == sample.text for sample in samples]
    inTree = [guess is not None and guess.text == sample.text for sample, guess in treeGuesses(samples)]
    bounds = SHORT.get((language, encoding), BOUNDS)
    assert sum(alone) / len(alone) >= bounds[0]
    assert sum(inTree) / len(inTree) >= bounds[1]


@settings(deadline=None)
@given(name=st.binary(max_size=255), others=st.lists(st.binary(max_size=60), max_size=5))
def test_any_bytes(name: bytes, others: list[bytes]) -> None:
    """Nothing raises, and the answer is what it says."""
    votes = sum((votesOf(other) for other in others), Votes())
    for evidence in ((), (votes,), (votesOf(name), votes)):
        guess = detectEncoding(name, evidence)
        assert (guess is None) == name.isascii()
        if guess:
            assert guess.encoding in ENCODINGS
            assert 0 < guess.confidence <= 1
            if guess.damaged:
                assert guess.encoding == "utf-8"
                guess.text.encode()  # no lone surrogates: it can be shown
            else:
                assert decodeText(name, guess.encoding) == guess.text


@pytest.mark.parametrize("count", [1, 100_000])
def test_many_votes(count: int) -> None:
    """Evidence of any weight leaves probabilities that can be computed with."""
    weights = Votes(tuple(weight * count for weight in votesOf("Grüße".encode("cp1252")).weights))
    guess = detectEncoding("Größe".encode("cp1252"), (weights, weights))
    assert guess is not None
    assert guess.text == "Größe"
