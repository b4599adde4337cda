"""What charsets.py knows of encodings and languages: data only, written by hand for it."""

from __future__ import annotations

from collections.abc import Mapping

# The candidates by their names in Python, with the languages written in them: of Windows, of DOS (which is also what
# Windows puts into ZIP files), of Unix. A superset stands for what it contains (cp1252 for ISO-8859-1, cp949 for
# EUC-KR); of two that read a name alike the first is answered.
WESTERN = ("de", "fr", "es", "it", "pt", "nl", "sv", "da", "fi", "is")
CENTRAL = ("pl", "cs", "sk", "hu", "ro", "hr", "sl")
CYRILLIC = ("ru", "bg", "uk")
CANDIDATES: Mapping[str, tuple[str, ...]] = {
    "cp1252": WESTERN, "cp850": WESTERN, "cp437": WESTERN,
    "cp1250": CENTRAL, "cp852": CENTRAL, "iso8859_2": CENTRAL,
    "cp1251": CYRILLIC, "cp866": CYRILLIC, "koi8_r": ("ru", "bg"), "koi8_u": ("uk",),
    "cp1254": ("tr",), "cp857": ("tr",), "cp1253": ("el",), "cp737": ("el",), "iso8859_7": ("el",),
    "cp1255": ("he",), "cp862": ("he",), "cp874": ("th",),
    "cp932": ("ja",), "euc_jp": ("ja",), "gb18030": ("zh",), "cp950": ("zh_Hant",), "cp949": ("ko",),
    "utf-8": (),
}  # fmt: skip

# Where a standard keeps its common characters: its codec, the first and the last lead byte.
COMMON_PLANES = {
    "ja": ("euc_jp", 0xB0, 0xCF), "zh": ("gb2312", 0xB0, 0xD7), "zh_Hant": ("big5", 0xA4, 0xC6),
    "ko": ("euc_kr", 0xB0, 0xC8),
}  # fmt: skip

# Common words by language, written down for this table: how often one letter follows another is learnt from them.
# Where a language is written in Latin letters, words with letters beyond ASCII are preferred: only those are in doubt.
WORDS = {
    "de": """für über können müssen würde möglich Größe Straße Grüße Bücher Übersicht Änderung Öffnung Geschäft
        Verträge Gebühr Prüfung Lösung Anhänge Aufträge Zähler nächste später gehört schön hören Hände Gärten Bäume
        Häuser läuft Räume Mädchen früh süß Fuß weiß heiß große außen Maß Spaß Brüder Tür Stück zurück fünf zwölf
        Küche Vögel Söhne Töchter Köpfe böse Flöte König Körper Möbel Hütte Länder Jäger Wähler ungefähr während
        Erklärung Äpfel Ärzte Öl übrig Übung Bürger Fähre schließen Schlüssel müde günstig Führung Entwürfe Beiträge
        Vorschläge Qualität nördlich südlich südwest natürlich römisch Frühstück Geräte Städte Märchen Wörter
        Schüler Tätigkeit persönlich Mühle""",
    "fr": """été année déjà à où là très après père mère frère première dernière équipe école étude élève événement
        privé société médecin générale sécurité numéro téléphone météo vidéo résumé modèle problème système règle
        crème fête tête forêt être même bête fenêtre intérêt hôtel côté château gâteau âge île goût leçon garçon
        façade reçu ça noël naïf héros Jérôme Thérèse Hélène André René Gérard Stéphane congés réunion présentation
        rédaction expérience qualité activité université réponse déclaration impôts bébé beauté prénom créé idée
        arrêté célèbre cinéma manière économie élection élément décision dépôt règlement matière lumière bière cœur
        œuvre sœur l’été d’été l’école aujourd’hui méditerranée siècle thème poème chrétien européen moyenne théâtre
        aîné connaître bientôt haïr maïs laïque mosaïque ouïe païen faïence inouï tiède remède bipède samouraï
        bonsaï""",
    "es": """año años niño niña señor señora mañana pequeño baño sueño diseño compañía montaña campaña día días más
        después también según está están aquí así país países número teléfono página música público política
        económico información acción educación situación canción estación relación versión sesión decisión razón
        corazón avión habitación jardín fútbol árbol dirección presentación fotografía energía todavía había tenía
        María José Andrés Martín García López Pérez González Rodríguez Sánchez Ramírez Gómez Jesús médico crédito
        último único área él sí qué cómo dónde cuándo papá mamá sofá café bebé interés además jóvenes imágenes
        exámenes vídeo título capítulo índice artículo vehículo matrícula pingüino bambú menú tabú ningún común
        túnel clásico histórico básico automático océano película plástico república ácido órgano América oración
        lección rápido sábana pájaro lágrima ángel útil azúcar""",
    "it": """è perché città libertà qualità attività società verità età metà possibilità novità pubblicità realtà
        felicità più già può così là lì giù ciò caffè tè tribù virtù gioventù poiché finché né sé cioè sarà farà
        dirà andrà avrà potrà papà bontà carità comunità proprietà identità pietà quantità difficoltà perciò sarò
        farò Niccolò menù ragù però affinché ché schiavitù università velocità unità parità falò comò oblò bebè
        lacchè dì sennò laggiù quaggiù cucù bambù Gesù Mosè Noè ahimè età lassù quassù tassì colibrì mezzodì altresì
        così finì sentì""",
    "pt": """não são então coração mão irmão avião cão pão chão verão estação informação educação situação canção
        relação ação ações relações informações canções questões milhões limões mães pães irmã manhã maçã lã criança
        força cabeça preço serviço começo espaço açúcar lição licença você três mês família história música número
        página público política econômico água está até já só avó avô café pé também além alguém ninguém porém
        parabéns bebê câmera câmbio próximo último único fácil difícil possível horário relatório escritório início
        saúde saída João José Antônio Sérgio Conceição Gonçalves Araújo férias orçamento cartão reunião decisão
        versão televisão região opinião à às é têm camarão botões anões leões peões cristã alemã romã sótão tâmara
        lâmpada ânimo trânsito islâmico ciência órgão índice clássico máquina vírus crédito médico útil único mútuo
        baú lúdico república árvore freguês burguês marquês cortês através invés avelã galã ímã amanhã antônimo
        harmônico eletrônico gótico matemático sábado bêbado""",
    "nl": """één coördinatie geïnteresseerd reünie ideeën zeeën knieën categorieën financiën beëindigen geëerd
        poëzie ruïne officiële financiële individuele essentiële patiënt cliënt ingrediënten industriële tweeën
        drieën naïef egoïst coöperatie zoölogie vacuüm café privé logé crème scène enquête überhaupt röntgen Zoë
        Daniël Michaël materiële efficiënt kopieën fantasieën geïnstalleerd geïllustreerd beïnvloed reïncarnatie
        oriënteren hygiëne variëren skiën continuïteit atheïst maïs kolonies koloniën provinciën oceaan caféhouder""",
    "sv": """är på för också från när då så gå få två små håll år åren långt många vår båda hår båt måste någon
        något språk större före över höger kött söder kök björn hög hör följande dörr smör bröd grön röd född köpa
        människa väg vägen hjälp bäst häst värld vän här där träd män kväll nästa själv blå grå Åsa Håkan Sören älg
        ägg äpple äldre ö öl öar öarna öst österut öppen önskar sjö skön möte räkning ansökan bekräftelse förslag
        försäkring avgång åtgärd översikt årsmöte läsår gård trädgård fågel sång skåp råd tåg åka skärgård älskar
        påsk jämför fjäll klänning språket nätter svärd härlig ännu ändra åter låda ståndpunkt kåserier hjälte
        färdig körsbär ögon östra""",
    "da": """på så når må få gå stå år året også både båd håb hår håber måde måned råd står går får måske blå grå
        små nå åben ål således forår søn sønner bøn køn grøn øl ø øer øen øerne øje øre før første følge hører høj
        kød brød rød død sød køre kører gøre gør tør smør møde spørgsmål ønske øst høst løb løn øvelse søger prøve
        være vær lærer læge næste næsten træ træer hjælp hjælpe tænke æble æg ægte æske mænd præst vælger værelse
        Søren Jørgen Bjørn Lærke Kåre Håkon fjære høyre øy øyer øyene nær kjøre gjøre språk møte søknad trofæ halvø
        halvøen halvøy tørke sørge forsøg brændsel færdig græs gæst kæreste lærred mærke sæson sjæl stjæle miljø
        miljøet miljøer ingeniør ingeniøren direktør frisør fæ vædder sø søen søer broer arkæologi Jæger pæn
        spædbarn trofæet færge græskar kæde æsel øjeblik sønderjysk indkøb udløb beløb døgn skøn døre børn løsning
        opløsning høring køkken rør ørn ørken økonomi større største mønster værdi vækst præcis præsentation læsning
        gæld hæfte tæt bælte sydøst nordsøen øvrige hverdagsmål""",
    "fi": """ä ja hyvä hyvää päivä päivää sää pää pään yö työ työt työtä tässä tämä nämä mitä missä älä äiti isä
        isän tyttö pöytä löytää pyörä syödä syö myös myöhemmin näyttää näin näkyvä vähän väri väärä täällä tänään
        hän häntä vielä kylä kylässä mökki järvi järvellä metsä metsässä kesä kesällä kevät sähkö sähköposti lämmin
        lämpö määrä päätös käyttö käyttää käyttöjärjestelmä löyly pöytäkirja kääntää jäsen jäsenet äänet ääni öljy
        yöllä Mäkinen Hämäläinen Väinö Päivi tyhjä elämä ystävä mäki pitäisi pidä lähde lähellä itä itäinen länsi
        läntinen näkymä peräkkäin sisältö šakki šokki gepardi ryhmä tietämys kysymyksiä šeikki pyjama ääntä""",
    "is": """það þetta þú þeir þar þegar því þó við með að frá úr maður orð góður góðan dagur ég mér þér sér já nei
        sæl ár áður á hún hús húsið út búð íbúð mín þín sín fór stór stórt bók skóli tónlist Ólafur Jón öll öðru
        mjög börn fjölskylda fjörður höfn þjóð þýða nýtt nýr ýmis sýna mynd myndir ævi æska fæddur bæði bær læra
        Sigurður Guðrún Þór Þórður Björk skýrsla verð veður suður norður ræða síða síðan saga""",
    "pl": """się jest są był być będzie może też już że przez przed także między więc jeszcze książka ręka ręce
        piękny dziękuję zdjęcia zdjęcie pieniądze święta święto świat światło śnieg śmierć jeść iść coś ktoś gość
        miłość radość wiadomość całość ilość jakość część wartość możliwość źródło źle późno złoty mały biały cały
        było głowa słowo słońce szkoła mąż książę łódź łąka łóżko żona życie życzenia żółty dłuższy róża góra góry
        córka który która wrócić mówić pół ból król ogród wódka wójt dzień koń słoń państwo tydzień pański koński
        szpitalny śląski miński wiejski męski żeński pięć sześć dziewięć dziesięć tysiąc miesiąc początek sąd kąt
        oglądać urząd załącznik zaświadczenie umowa rozwiązanie rozporządzenie ćwiczenia ćma środek środki średni
        średnia środowisko północ południe węgiel węzeł gęś wyspy mąka połączenie żołnierz jagoda jeździć księżyc
        wąż żółw ósmy plaża duży także królestwo wschód zachód brzeg słoneczny""",
    "cs": """že je není být bylo může také už jsme při před přes přítel příklad přehled přihláška řeka řada řád moře
        dveře tři čtyři říci hoře kuře máma táta dítě děti děkuji město místo věc člověk svět květ běh tělo díl díky
        dělat zpráva zprávy práce škola škody šest číslo částka čas čtení oči noc večer účet účty úřad úkol ústav
        žádost žák život žena muž růže dům stůl kůň můj půl vůz důležitý velký malý nový nové dobrý krásný každý
        první jiný starý modrý hlavní státní řízení školní místní písně písmo víno léto jídlo chléb mléko pět devět
        tisíc peníze svátek vánoce výlet výpis výběr vývoj dárek Jiří Tomáš Ondřej Lukáš Zdeněk Novák Dvořák Černý
        Procházka Kučera Veselý Růžička příroda účetní doporučení usnesení hřiště většina menšina ještě příští
        štěstí pošta bouře ostrov ostrovů severní jižní východní západní střední mateřština slovník měsíc týden
        křížek nářečí rovník tečka důvod ovoce daň píseň báseň vůně laň žeň loďka teď ďábel hráz čaj čárka čelo řez
        břeh třídní klasický pečený včela sýr býk týl mýdlo kaňon daňový laňka ďábelský""",
    "sk": """že je byť bolo môže tiež už sme pri pred cez priateľ príklad prehľad prihláška rieka mať dvere tri
        štyri dieťa deti ďakujem mesto miesto vec človek svet kvet telo robiť správa správy práca škola šesť číslo
        časť čas čítanie oči noc večer účet účty úrad úloha ústav žiadosť žiak život žena muž ruža stôl kôň môj
        dôležitý veľký veľké malý nový nové dobrý krásny každý prvý iný starý modrý hlavný štátny riadenie školský
        miestny písmo víno leto jedlo chlieb mlieko päť deväť osem tisíc peniaze sviatok vianoce výlet výpis výber
        vývoj darček Tomáš Ľubomír Ľudovít Ján Kováč Tóth účtovné mäso pamäť svätý ľudia ľudí dĺžka stĺp vŕba kĺb
        fľaša žltý vôľa kôra ďalší ďaleko loď súbor súbory súťaž budúci väčšina menšina ostrov ostrovy severný južný
        východný západný stredný slovník ňou kuchyňa píšťalka hračka tabuľka poľský kráľ učiteľ daň pieseň báseň laň
        teraz vďaka bosorka učebňa jedáleň kaňon čaj čiarka čelo klasický včela pečený žalúdok džem džungľa líška
        Vladimír šírka""",
    "hu": """és hogy nem egy van volt lesz már még több után között előtt fölött mögött ő őt idő idők nő nők férfi
        fő első utolsó következő elő erő erdő felhő eső hő jövő múlt ünnep ünnepek űr űrlap gyűjtemény gyűrű fű
        fűtés mű művek műszaki könyv könyvek ház házak kép képek fénykép élet étel ételek írás írni ír igazság
        szabadság ország város út utca iskola óra órák jó jól szó szöveg föld zöld öt öröm őszi tél nyár köszönöm
        kérem születés születésnap üzenet üdvözlet külön szülők gyermek család családi név nevek számla számlák
        számítógép szerződés jelentés kérdés válasz önéletrajz Szűcs Kovács Tóth Szabó László János György István
        Gábor Zoltán Péter Sándor hónap év évek nagyon térkép esküvő levegő gépkönyv tűz víz sziget szigetek északi
        déli keleti nyugati írógép jelölő hűség bűn betű műhely""",
    "ro": """şi să că este în din pentru fără după până când cât atât însă într încă mâine pâine câine lână mână
        sfânt vânt gând rând bună seară noapte dimineaţă viaţă faţă piaţă ţară ţări oraş oraşul şcoală şcolar şef
        şase şapte paşi uşă maşină cămaşă aceşti aceştia moştenire naştere cunoştinţă ştiinţă ştire poveşti preţ
        preţuri soţ soţie fraţi părinţi mulţi mulţumesc toţi câţi cărţi carte băiat fată mamă tată casă masă apă
        vară iarnă toamnă primăvară săptămână lună dată adresă listă factură plată contabilă cerere declaraţie
        informaţii relaţii situaţie educaţie aplicaţie Ştefan Ţepeş Ioniţă Mihăilă învăţământ împreună îmi îţi îl
        întâi hotărâre pământ cuvânt totuşi limbă insulă mijlocie veche nordică sudică fântână bătrână zână târziu
        reînnoit coborî hotărî urî paşaport ruşine""",
    "hr": """što će ću ćemo već kuća noć noći moć moći sreća svijeća voće cvijeće vrijeme sljedeći idući budući opći
        općina tisuća plaća mogućnost život žena žene može muž neželjeno traži služba država važno knjižara još
        škola školski šest šuma naš vaš piše više niže kiša rješenje izvješće pogreška dječji dječak čovjek čaj čas
        često čist oči riječ riječi početak početna način noćni večer mačka sunčan račun računi tečaj priča priče
        đak gdje lađa građani događaj događaji također rođen rođendan među tuđi tuđe Petrović Jurić Kovačević
        Marković Babić Božić Šimić Đorđe Željko slučaj točka priručnik džep džamija pidžama sunđer anđeo južni
        istočni općinski vjenčanje učitelj učenik šećer čarapa ključ grožđe lišće pređe lađe smeđi mlađi građevina
        uređaj čamac šljiva šlag šator klasični osnovni rječnik žalba žaba bačva vođa mađioničar čavli""",
    "sl": """če še že ki je in več vse kaj kdo hiša hiše šola šole šest leto življenje življenjepis žena ženska mož
        možnost država služba družina družba knjižnica naše vaše pišem višje nižje poročilo naročilo račun računi
        začetek začetni večer noč moč pomoč odločba človek čas časi čaj čist oči reč točka število številka božič
        praznični križ sončni mačka ključ ključni sporočilo priročnik načrt načrti obračun zaključek središče
        dvorišče tržišče tečaj učitelj učenci učenje Matjaž Blaž Tomaž Aleš Uroš Jože Saša Nataša Boštjan prošnja
        južni vzhodni otočje otočki džungla pidžama državni ribiški češnja šivanka žoga čebela skupščina dediščina
        zapuščina občina križišče pokrajina narečje""",
    "tr": """ve için çok değil şey şimdi nasıl kadın kız kızı adı altı yanlış doğru doğum gün güzel büyük küçük yeni
        yıl yılı yılbaşı sınıf sınav kitabı kapı arkadaş arkadaşlar kardeş çocuk çocuklar ağaç dağ yağmur soğuk
        sağlık bağ değişik öğrenci öğretmen öğle eğitim eğlence düğün bugün dün müzik şarkı şarkılar şehir şeker iş
        işi işler işçi iyi içinde dış ısı ılık kış kışlık başka başkan baş beş taş yaş yaşam savaş barış alış satış
        giriş çıkış bilgi bilgisayar fotoğraf fotoğraflar resim ödev ödeme önemli özel özet özgeçmiş söz göz yüz köy
        su İlk İki Oğuz Yılmaz Yıldız Şahin Çelik Aydın Kılıç Doğan Çağlar Ayşe müşteri sözleşme başvuru sayısı
        hakkında kaydı çalışma yazı fıstık kitapları notları çocukları yazıları dosyaları soruları cevapları
        kuralları programları tablosu adası adaları batı batısı doğu doğusu kuzey güney aşağı yukarı bölge birleşik
        kırmızı sarı altın balık ırmak ışık sıfır hafıza tıp dilekçe bahçe akçe gerçek geçmiş bağış mağaza boğaz çığ
        sığınak anahtar paşa maaş neşe köşe eşya şifre şoför ağrı ağız oğul uğur tuğla kâğıt düşman işaret taşra
        maşa neşeli peşin akşam şarap şaka şan çeşit tarihçe türkü parça kıt tıraş kıvrım""",
    "ru": """и в не на что он как это но по из его она так они для мы все от только было уже или быть год года время
        может если когда даже другой после человек люди жизнь день дни дело дела работа работы слово слова место
        лицо друг друзья глаз вопрос дом сторона страна мир случай голова ребенок дети сила конец вид система часть
        город отношение женщина деньги земля машина вода отец проблема час право решение дверь образ история власть
        закон война бог голос тысяча книга книги возможность результат ночь стол имя область статья число компания
        народ жена группа развитие процесс суд условие средство начало свет пора путь душа уровень форма связь
        минута улица вечер качество мысль дорога мать действие школа язык песня песни музыка фото фотография
        документ документы договор отчет письмо список новый новая новое копия папка программа приложение заявление
        счет акт приказ инструкция таблица лекция лекции реферат курсовая диплом экзамен ответы задание контрольная
        сказка привет любовь моя мой наша семья свадьба отпуск поездка дача лето зима весна осень рождения объект
        съемка ещё её Иванов Сергей Александр Дмитрий Наталья Ольга Юрий Андрей Алексей Николай остров острова
        северный южный западный восточный старый этот этап эхо поэт экран эпоха якорь яблоко юность объявление центр
        телефон технология университет физика химия биология экономика бухгалтерия журнал шоколад цена""",
    "bg": """и на да се от за не със във като това той тя те ще най много може само вече още след преди човек хора
        живот ден дни работа дума думи място лице приятел приятели око въпрос къща дом страна свят град дете деца
        сила край вид част време година години жена мъж пари земя кола вода баща майка час право решение врата образ
        история закон война бог глас книга книги възможност резултат нощ маса име област статия число народ група
        развитие съд условие начало светлина път душа форма връзка улица вечер качество мисъл училище език песен
        песни музика снимка снимки документ документи договор отчет писмо списък нов нова ново копие папка програма
        приложение заявление сметка заповед таблица лекция лекции реферат курсова диплома изпит отговори задание
        приказка здравей любов моя моят наше семейство сватба почивка лято зима пролет есен рожден Иванов Георги
        Димитър Стоян Петър Христо ъгъл първи втори третият големият целия северна южна източна западна остров
        острови опаковъчен дърво ръка тълпа съюз""",
    "uk": """і в не на що він як це але по із його вона так вони для ми всі від тільки було вже або бути рік року
        час може якщо коли навіть інший після людина люди життя день дні справа робота роботи слово слова місце
        обличчя друг друзі око питання дім сторона країна світ випадок голова дитина діти сила кінець вид система
        частина місто відношення жінка гроші земля машина вода батько проблема година право рішення двері образ
        історія влада закон війна бог голос тисяча книга книги можливість результат ніч стіл ім'я область стаття
        число компанія народ дружина група розвиток процес суд умова засіб початок світло шлях душа рівень форма
        зв'язок хвилина вулиця вечір якість думка мова пісня пісні музика фото фотографія документ договір звіт лист
        список новий нова копія папка програма додаток заява рахунок наказ таблиця лекція лекції реферат курсова
        диплом іспит відповіді завдання казка привіт любов моя мій наша сім'я весілля відпустка подорож дача літо
        зима весна осінь народження об'єкт її їх їжа своєї є єдиний Шевченко Іваненко Сергій Олександр Юрій Андрій
        ґанок ґрунт національний південна північна східна західна острів острови мовний телефон технологія
        університет фізика хімія економіка журнал цукор""",
    "el": """και το να της η ο του από με για την που στο είναι θα τον δεν στην σε των τα οι ότι αυτό όπως μας αλλά
        πολύ μετά πριν όταν χρόνια χρόνος ώρα ημέρα μέρα νύχτα άνθρωπος άνθρωποι ζωή κόσμος χώρα πόλη σπίτι δρόμος
        παιδί παιδιά γυναίκα άνδρας πατέρας μητέρα αδελφός φίλος φίλοι αγάπη καρδιά μάτια χέρι νερό θάλασσα ήλιος
        ουρανός γη φως βιβλίο βιβλία λέξη λόγος γλώσσα σχολείο πανεπιστήμιο μάθημα μαθήματα εργασία εργασίες έργο
        έγγραφο έγγραφα αρχείο αρχεία φάκελος φωτογραφία φωτογραφίες εικόνα εικόνες μουσική τραγούδι τραγούδια
        ταινία νέα νέος νέο μεγάλος μεγάλη μικρός καλός καλή καλημέρα ευχαριστώ παρακαλώ αίτηση απόφαση σύμβαση
        λογαριασμός τιμολόγιο κατάλογος πρόγραμμα σημειώσεις ασκήσεις λύσεις θέματα εξετάσεις διπλωματική βιογραφικό
        πρώτος δεύτερος τρίτος τελικό αντίγραφο ιστορία τέχνη επιστήμη οικονομία πολιτική νόμος κράτος δημοκρατία
        γιώργος γιάννης μαρία κώστας νίκος δημήτρης ελένη παπαδόπουλος παναγιώτης χριστούγεννα διακοπές καλοκαίρι
        ταξίδι γάμος βάπτιση γενέθλια οδηγίες χρήσης ύλη ύδωρ όνομα ήταν έχει έχουν ώστε ίδιο άλλο υγεία μπάλα
        ντομάτα μπαρ ντουλάπα γκαράζ τζάμι τσάι νησί νησιά βόρεια νότια μουσείο προϊόν μαϊμού ευρωπαϊκό μπλουζ
        τηλέφωνο αυτοκίνητο κομπιούτερ ξένος ψάρι ζάχαρη χάρτης""",
    "he": """של את על לא זה הוא היא אני עם כל מה יש גם או כי אם אין היה אבל יותר רק כמו עוד בית ילד ילדים אישה איש
        אנשים יום ימים שנה שנים שעה חודש שבוע לילה בוקר ערב עיר ארץ עולם חיים אהבה לב עין עיניים יד ידיים ראש מים
        שמש ים אדמה אור דרך ספר ספרים מילה מילים שפה תורה תפילה שבת חג פסח סוכות חנוכה פורים כיפור משפחה אבא אמא אח
        אחות סבא סבתא חבר חברים חתונה טיול תמונה תמונות צילום שיר שירים סרט סרטים משחק מסמך מסמכים קובץ קבצים תיקייה
        עבודה עבודות שיעור שיעורים מבחן מבחנים תרגיל פתרון סיכום הרצאה לימודים מורה תלמיד כיתה מכתב רשימה טופס חשבון
        חשבונית קבלה דוח חוזה הסכם תוכנית פרויקט מצגת הצעה מחיר כסף בנק חברה משרד ממשלה חוק משפט צבא שלום תודה בבקשה
        חדש חדשה גדול קטן טוב יפה ראשון שני שלישי דוד משה יוסף יעקב אברהם שרה רחל לאה כהן לוי צפון דרום מזרח מערב
        איים האי מרכז קורות גרסה סופי עותק טלפון טלוויזיה אינטרנט רדיו מוזיקה פוליטיקה אוטובוס אקדמיה סטודנט
        פסיכולוגיה היסטוריה גאוגרפיה ביולוגיה פיזיקה מתמטיקה כימיה טכנולוגיה סטטיסטיקה פילוסופיה אוניברסיטה דוקטור
        פרופסור קפה שוקולד פיצה סלט בננה אנרגיה אנגלי רומן גיטרה קונצרט תיאטרון אופרה גלריה מוזיאון סינמה וידאו
        קלאסי מודרני בינוני עתיקה קרטון מנגו ג'ירפה צ'ק סנדוויץ' ז'קט גן נוף ואדי קולנוע פלסטיק מיקרוסקופ קילומטר
        גרם דולר קוד מודל נתונים סימן קו כתב""",
    "th": """ที่ และ การ เป็น ของ ใน มี ไม่ ได้ ให้ ว่า จะ ความ คน นี้ กับ มา ไป แล้ว จาก โดย หรือ เขา ต้อง ผู้ ก็
        อยู่ นั้น แต่ ทำ วัน ปี เดือน เวลา บ้าน เมือง ประเทศ จังหวัด โรงเรียน มหาวิทยาลัย วิทยาลัย นักเรียน ครู
        อาจารย์ หนังสือ ภาษา เรียน สอน ข้อสอบ การบ้าน รายงาน เอกสาร แบบฟอร์ม ใบสมัคร ประกาศ คำสั่ง โครงการ แผน
        งบประมาณ บัญชี รายชื่อ ตาราง สรุป ประชุม บันทึก จดหมาย รูป รูปภาพ ภาพ ถ่าย เพลง วิดีโอ หนัง ละคร เกม สำเนา
        ใหม่ เก่า ดี สวย รัก พ่อ แม่ พี่ น้อง ลูก เพื่อน ครอบครัว แต่งงาน ท่องเที่ยว ทะเล ภูเขา น้ำ ฝน ฟ้า ดิน ไฟ
        ต้นไม้ ดอกไม้ อาหาร ข้าว ปลา ไก่ หมู ผัก ผลไม้ เงิน บาท ราคา ซื้อ ขาย บริษัท จำกัด สำนักงาน กระทรวง กรม
        ศูนย์ สมาคม ธนาคาร โรงพยาบาล แพทย์ สุขภาพ กฎหมาย พระ วัด ศาสนา ประวัติศาสตร์ วิทยาศาสตร์ คณิตศาสตร์
        คอมพิวเตอร์ โปรแกรม ข้อมูล ระบบ เครื่อง คู่มือ ใช้ งาน ขั้นตอน สวัสดี ขอบคุณ เหนือ ใต้ ตะวันออก ตะวันตก เกาะ
        หมู่ อินเทอร์เน็ต เทคโนโลยี โทรศัพท์ โทรทัศน์ แบตเตอรี่ คลินิก ฟุตบอล บาสเกตบอล กีตาร์ เปียโน คอนเสิร์ต
        เซ็นเตอร์ ช็อกโกแลต ไอศกรีม กาแฟ เบียร์ ฟิล์ม ลิฟต์ ซอฟต์แวร์ ฮาร์ดแวร์ ไวรัส มอเตอร์ไซค์ แท็กซี่ โบราณ กลาง""",
}

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
