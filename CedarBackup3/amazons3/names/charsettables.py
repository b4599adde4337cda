"""What `charsets` knows about encodings and languages: data only, written by hand."""

from __future__ import annotations

from collections.abc import Mapping

# The candidates by the names that Python or iconv has for them, with the languages written in them. A superset stands
# for what it contains (cp1252 for ISO-8859-1, cp949 for EUC-KR); of two that read a name alike the first is answered.
WESTERN = ("de", "fr", "es", "it", "pt", "nl", "sv", "da", "fi", "is", "ca", "ga", "gd", "br", "sq", "af", "fo")
CENTRAL = ("pl", "cs", "sk", "hu", "ro", "hr", "sl", "sq", "hsb")
BALTIC = ("lt", "lv", "et")
CYRILLIC = ("ru", "bg", "uk", "be", "mk", "sr")
CANDIDATES: Mapping[str, tuple[str, ...]] = {
    # Windows
    "cp1252": (*WESTERN, "et"), "cp1250": CENTRAL, "cp1251": CYRILLIC, "cp1253": ("el",), "cp1254": ("tr", "ku"),
    "cp1255": ("he", "yi"), "cp1256": ("ar", "fa", "ur"), "cp1257": BALTIC, "cp1258": ("vi",), "cp874": ("th",),
    "cp932": ("ja",), "gb18030": ("zh",), "cp949": ("ko",), "cp950": ("zh_Hant",),
    # DOS, which is also what Windows puts into ZIP files
    "cp850": WESTERN, "cp437": WESTERN, "cp852": CENTRAL, "cp866": ("ru", "bg", "uk", "be"),
    "cp855": ("sr", "mk", "bg", "ru"), "cp857": ("tr", "ku"), "cp737": ("el",), "cp862": ("he",), "cp720": ("ar",),
    "cp775": BALTIC,
    # Unix
    "iso8859_2": CENTRAL, "iso8859_3": ("mt",), "iso8859_5": ("ru", "bg", "be", "mk", "sr"), "iso8859_6": ("ar",),
    "iso8859_7": ("el",), "iso8859_10": ("lg",), "iso8859_13": (*BALTIC, "mi"), "iso8859_14": (*WESTERN, "cy"),
    "iso8859_15": (*WESTERN, "et"), "koi8_r": ("ru", "bg"), "koi8_u": ("uk",), "koi8_t": ("tg",), "ptcp154": ("kk",),
    "kz1048": ("kk",), "armscii-8": ("hy",), "georgian-ps": ("ka",), "georgian-academy": ("ka",), "tcvn": ("vi",),
    "viscii": ("vi",), "euc_jp": ("ja",), "big5hkscs": ("zh_Hant",), "euc-tw": ("zh_Hant",),
    # Macintosh
    "mac_roman": WESTERN, "mac_cyrillic": CYRILLIC,
    "utf-8": ("",),
}  # fmt: skip

# How much less likely an encoding or a language is before the name is looked at: the natural logarithm. The values are
# chosen for the names of util/charsetbench.py, of which all languages have equally many.
ENCODING_PRIORS: Mapping[str, float] = {
    **dict.fromkeys(("iso8859_6", "iso8859_7", "iso8859_14", "iso8859_15", "cp737", "cp857", "koi8_t", "kz1048"), -0.5),
    **dict.fromkeys(("armscii-8", "viscii", "big5hkscs", "euc_jp"), -0.5),
    **dict.fromkeys(("cp1251", "cp1257", "iso8859_13"), -1.0),
    **dict.fromkeys(("tcvn", "cp775", "georgian-ps", "georgian-academy"), -1.5),
    **dict.fromkeys(("cp720", "iso8859_3", "iso8859_5", "iso8859_10", "euc-tw", "mac_roman"), -1.5),
    **dict.fromkeys(("cp855", "mac_cyrillic"), -2.0),
}
LANGUAGE_PRIORS: Mapping[str, float] = {
    **dict.fromkeys(("pl", "cs", "hu", "nl", "bg", "el", "sv", "fi", "sq", "tr", "mi", "zh"), -0.5),
    **dict.fromkeys(("ga", "gd", "af", "vi", "hsb", "ca", "lt"), -1.0),
    **dict.fromkeys(("kk", "tg", "hy", "ka", "ur"), -1.0),
    **dict.fromkeys(("is", "fo", "lg", "ku", "yi", "cy", "mt"), -2.0), "br": -3.0,
}  # fmt: skip

# Where a standard keeps its common characters: its codec, the first and the last lead byte.
COMMON_PLANES = {
    "ja": ("euc_jp", 0xB0, 0xCF), "zh": ("gb2312", 0xB0, 0xD7), "zh_Hant": ("big5", 0xA4, 0xC6),
    "ko": ("euc_kr", 0xB0, 0xC8),
}  # fmt: skip

# Characters of the commonest in writing and in file names, the commonest first, written down for this table as well.
COMMON = {
    "zh": """的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行
        所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与
        长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制
        身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题
        活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决
        治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术
        领共确传师观清今切院让识候带导争运图片照档副简历案价音乐歌曲影视频课考试答春夏秋冬节旅游风景花园爱朋友庭孩快婚
        礼京广州深圳香港台湾省县镇村岛群亚欧洲阿巴罗兰伊布卡萨维尼塔鲁林丹坦兹纳奥汉""",
    "zh_Hant": """的一是不了人我在有他這中大來上個國到說們為子和你地出道也時年得就那要下以生會自著去之過家學對可她里後
        小麼心多天而能好都然沒日於起還發成事只作當想看文無開手十用主行方又如前所本見經頭面公同三已老從動兩長知民樣現分
        將外但身些與高意進把法此實回二理美點月明其種聲全工己話兒者向情部正名定女問力機給等幾很業最間新什打便位因重被走
        電四第門相次東政海口使教西再平真聽世氣信北少關並內加化由卻代軍產入先山五太水萬市眼體別處總才場師書比住員九笑性
        通目華報立馬命張活難神數件安表原車白應路期叫死常提感金何更反合放做系計或司利受光王果親界及今京務制解各任至清物
        台象記邊共風戰干接它許八特覺望直服毛林題建南度統色字請交愛讓認算論百吃義科怎元社術結六功指思非流每青管夫連遠資
        隊跟帶花快條院變聯言權往展該領圖片照檔案副履歷格告約價音樂歌曲影視訊課程考試答春夏秋冬節旅遊景園朋友庭孩婚禮臺
        灣香港省縣鎮村州島群亞歐洲阿巴爾羅蘭伊布卡薩維尼塔達魯丹坦茲納奧漢""",
    "ja": """日一国会人年大十二本中長出三同時政事自行社見月分議後前民生連五発間対上部東者党地合市業内相方四定今回新場金
        員九入選立開手米力学問高代明実円関決子動京全目表戦経通外最言氏現理調体化田当八六約主題下首意法不来作性的要用制
        治度務強気小七成期公野協取都和統以機平総加山思家話世受区領多県続進正安設保改数記院女初北午指権心界支第産結百派
        点教報済書府活原先共得解名交資予川向際査勝面委告軍文反元重近千考判認画海参売利組知案道信策集在件団別物側任引使
        求所次水半品昨論計死官増係感特情投示変打男基私各始島直両朝革価式確村提運終挙果西勢減台広容必応演電歳住争談能無
        再位置企真流格有疑口過局少放税検藤町常校料沢裁状工建語球営空職証土与急止送援供可役構木割聴身費付施切由説転食比
        難防補車優夫研収断井何南石足違消境神番規術護展態導鮮備宅害配副算視条幹独警宮究育席輸訪楽起万着乗店述残想線率病
        農州武声質念待試族象銀域助労例写像類音録卒旅夏休春秋冬花火祭誕婚友達仕積請履歴""",
    "ko": """이다는에의가고하을지사로은기한대어도리자시인를서아나정수그일부장제스있해들게라구보전상과으만주동국원여거오
        성선비중소경민조면안치유러우관생연공학미신것니적실터행등화양용방산당세말모회마년현위무통개진분내계드발점결문물
        출외할강트입단김재데체프영크레간히불설남합명저려음반심호교금까두업차법더종품감직건박월권본천평급운식임역예태버
        바르디워책북후약카근파배허추코포티최질투속살눈노래복새폴료름목록획악족친활졸혼울광섬군읍길집날봄겨달별꽃늘땅글
        씨잡견""",
}
