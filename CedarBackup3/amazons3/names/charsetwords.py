"""Words of the languages that `charsets` knows: data only, written by hand."""

from __future__ import annotations

# Common words by language, written down for this table: how often one letter follows another is learnt from them.
# Where a language is written in Latin letters, words with letters beyond ASCII are preferred: only those are in doubt.
WORDS = {
    "de": """für über können müssen würde möglich Größe Straße Grüße Bücher Übersicht Änderung Öffnung Geschäft
        Verträge Gebühr Prüfung Lösung Anhänge Aufträge Zähler nächste später gehört schön hören Hände Gärten Bäume
        Häuser läuft Räume Mädchen früh süß Fuß weiß heiß große außen Maß Spaß Brüder Tür Stück zurück fünf zwölf
        Küche Vögel Söhne Töchter Köpfe böse Flöte König Körper Möbel Hütte Länder Jäger Wähler ungefähr während
        Erklärung Äpfel Ärzte Öl übrig Übung Bürger Fähre schließen Schlüssel müde günstig Führung Entwürfe
        Beiträge Vorschläge Qualität nördlich südlich südwest natürlich römisch Frühstück Geräte Städte Märchen
        Wörter Schüler Tätigkeit persönlich Mühle""",
    "fr": """été année déjà à où là très après père mère frère première dernière équipe école étude élève événement
        privé société médecin générale sécurité numéro téléphone météo vidéo résumé modèle problème système règle
        crème fête tête forêt être même bête fenêtre intérêt hôtel côté château gâteau âge île goût leçon garçon
        façade reçu ça noël naïf héros Jérôme Thérèse Hélène André René Gérard Stéphane congés réunion présentation
        rédaction expérience qualité activité université réponse déclaration impôts bébé beauté prénom créé idée
        arrêté célèbre cinéma manière économie élection élément décision dépôt règlement matière lumière bière cœur
        œuvre sœur l’été d’été l’école aujourd’hui méditerranée siècle thème poème chrétien européen moyenne
        théâtre aîné connaître bientôt haïr maïs laïque mosaïque ouïe païen faïence inouï tiède remède bipède
        samouraï bonsaï norvégien tchèque turkmène kénya vénézuéla géorgie algérie îles pâque brâhmî""",
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
        lacchè dì sennò laggiù quaggiù cucù bambù Gesù Mosè Noè ahimè lassù quassù tassì colibrì mezzodì altresì
        finì sentì""",
    "pt": """não são então coração mão irmão avião cão pão chão verão estação informação educação situação canção
        relação ação ações relações informações canções questões milhões limões mães pães irmã manhã maçã lã
        criança força cabeça preço serviço começo espaço açúcar lição licença você três mês família história música
        número página público política econômico água está até já só avó avô café pé também além alguém ninguém
        porém parabéns bebê câmera câmbio próximo último único fácil difícil possível horário relatório escritório
        início saúde saída João José Antônio Sérgio Conceição Gonçalves Araújo férias orçamento cartão reunião
        decisão versão televisão região opinião à às é têm camarão botões anões leões peões cristã alemã romã sótão
        tâmara lâmpada ânimo trânsito islâmico ciência órgão índice clássico máquina vírus crédito médico útil
        mútuo baú lúdico república árvore freguês burguês marquês cortês através invés avelã galã ímã amanhã
        antônimo harmônico eletrônico gótico matemático sábado bêbado""",
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
        färdig körsbär ögon östra färöarna kanarieöarna småöarna salomonöarna öarnas midwayöarna österrike
        österrikisk nederländerna nederländska tibetansk zürich jylländska slättland litterär västeuropa västafrika
        åländska""",
    "da": """på så når må få gå stå år året også både båd håb hår håber måde måned råd står går får måske blå grå
        små nå åben ål således forår søn sønner bøn køn grøn øl ø øer øen øerne øje øre før første følge hører høj
        kød brød rød død sød køre kører gøre gør tør smør møde spørgsmål ønske øst høst løb løn øvelse søger prøve
        være vær lærer læge næste næsten træ træer hjælp hjælpe tænke æble æg ægte æske mænd præst vælger værelse
        Søren Jørgen Bjørn Lærke Kåre Håkon fjære høyre øy øyer øyene nær kjøre gjøre språk møte søknad trofæ halvø
        halvøen halvøy tørke sørge forsøg brændsel færdig græs gæst kæreste lærred mærke sæson sjæl stjæle miljø
        miljøet miljøer ingeniør ingeniøren direktør frisør fæ vædder sø søen søer broer arkæologi Jæger pæn
        spædbarn trofæet færge græskar kæde æsel øjeblik sønderjysk indkøb udløb beløb døgn skøn døre børn løsning
        opløsning høring køkken rør ørn ørken økonomi større største mønster værdi vækst præcis præsentation
        læsning gæld hæfte tæt bælte sydøst nordsøen øvrige hverdagsmål jomfruøerne cocosøerne øst- østafrika
        østeuropa nordøen færøerne færøsk grækenland græsk æstetik europæisk rumænsk rumænien aramæisk manikæisk
        lineær militær gælisk hebraisk mælk sværd læder højtysk oldhøjtysk nøgle bønner jøde kønsord""",
    "fi": """ä ja hyvä hyvää päivä päivää sää pää pään yö työ työt työtä tässä tämä nämä mitä missä älä äiti isä
        isän tyttö pöytä löytää pyörä syödä syö myös myöhemmin näyttää näin näkyvä vähän väri väärä täällä tänään
        hän häntä vielä kylä kylässä mökki järvi järvellä metsä metsässä kesä kesällä kevät sähkö sähköposti lämmin
        lämpö määrä päätös käyttö käyttää käyttöjärjestelmä löyly pöytäkirja kääntää jäsen jäsenet äänet ääni öljy
        yöllä Mäkinen Hämäläinen Väinö Päivi tyhjä elämä ystävä mäki pitäisi pidä lähde lähellä itä itäinen länsi
        läntinen näkymä peräkkäin sisältö šakki šokki gepardi ryhmä tietämys kysymyksiä šeikki pyjama ääntä
        grönlanti etelä etelämaa eteläinen itä-euroopan venäjä valko-venäjä tiibetiläinen egyptiläinen kiinalainen""",
    "is": """það þetta þú þeir þar þegar því þó við með að frá úr maður orð góður góðan dagur ég mér þér sér já nei
        sæl ár áður á hún hús húsið út búð íbúð mín þín sín fór stór stórt bók skóli tónlist Ólafur Jón öll öðru
        mjög börn fjölskylda fjörður höfn þjóð þýða nýtt nýr ýmis sýna mynd myndir ævi æska fæddur bæði bær læra
        Sigurður Guðrún Þór Þórður Björk skýrsla verð veður suður norður ræða síða síðan saga mexíkó kongó angíka
        fídjí""",
    "pl": """się jest są był być będzie może też już że przez przed także między więc jeszcze książka ręka ręce
        piękny dziękuję zdjęcia zdjęcie pieniądze święta święto świat światło śnieg śmierć jeść iść coś ktoś gość
        miłość radość wiadomość całość ilość jakość część wartość możliwość źródło źle późno złoty mały biały cały
        było głowa słowo słońce szkoła mąż książę łódź łąka łóżko żona życie życzenia żółty dłuższy róża góra góry
        córka który która wrócić mówić pół ból król ogród wódka wójt dzień koń słoń państwo tydzień pański koński
        szpitalny śląski miński wiejski męski żeński pięć sześć dziewięć dziesięć tysiąc miesiąc początek sąd kąt
        oglądać urząd załącznik zaświadczenie umowa rozwiązanie rozporządzenie ćwiczenia ćma środek środki średni
        średnia środowisko północ południe węgiel węzeł gęś wyspy mąka połączenie żołnierz jagoda jeździć księżyc
        wąż żółw ósmy plaża duży królestwo wschód zachód brzeg słoneczny""",
    "cs": """že je není být bylo může také už jsme při před přes přítel příklad přehled přihláška řeka řada řád
        moře dveře tři čtyři říci hoře kuře máma táta dítě děti děkuji město místo věc člověk svět květ běh tělo
        díl díky dělat zpráva zprávy práce škola škody šest číslo částka čas čtení oči noc večer účet účty úřad
        úkol ústav žádost žák život žena muž růže dům stůl kůň můj půl vůz důležitý velký malý nový nové dobrý
        krásný každý první jiný starý modrý hlavní státní řízení školní místní písně písmo víno léto jídlo chléb
        mléko pět devět tisíc peníze svátek vánoce výlet výpis výběr vývoj dárek Jiří Tomáš Ondřej Lukáš Zdeněk
        Novák Dvořák Černý Procházka Kučera Veselý Růžička příroda účetní doporučení usnesení hřiště většina
        menšina ještě příští štěstí pošta bouře ostrov ostrovů severní jižní východní západní střední mateřština
        slovník měsíc týden křížek nářečí rovník tečka důvod ovoce daň píseň báseň vůně laň žeň loďka teď ďábel
        hráz čaj čárka čelo řez břeh třídní klasický pečený včela sýr býk týl mýdlo kaňon daňový laňka ďábelský
        čeština angličtina němčina francouzština islandština chorvatština japonština latina polština ukrajinština
        maďarština staroštinský řečtina turečtina""",
    "sk": """že je byť bolo môže tiež už sme pri pred cez priateľ príklad prehľad prihláška rieka mať dvere tri
        štyri dieťa deti ďakujem mesto miesto vec človek svet kvet telo robiť správa správy práca škola šesť číslo
        časť čas čítanie oči noc večer účet účty úrad úloha ústav žiadosť žiak život žena muž ruža stôl kôň môj
        dôležitý veľký veľké malý nový nové dobrý krásny každý prvý iný starý modrý hlavný štátny riadenie školský
        miestny písmo víno leto jedlo chlieb mlieko päť deväť osem tisíc peniaze sviatok vianoce výlet výpis výber
        vývoj darček Tomáš Ľubomír Ľudovít Ján Kováč Tóth účtovné mäso pamäť svätý ľudia ľudí dĺžka stĺp vŕba kĺb
        fľaša žltý vôľa kôra ďalší ďaleko loď súbor súbory súťaž budúci väčšina menšina ostrov ostrovy severný
        južný východný západný stredný slovník ňou kuchyňa píšťalka hračka tabuľka poľský kráľ učiteľ daň pieseň
        báseň laň teraz vďaka bosorka učebňa jedáleň kaňon čaj čiarka čelo klasický včela pečený žalúdok džem
        džungľa líška Vladimír šírka slovenčina angličtina nemčina maďarčina macedónčina čínština japončina
        gréčtina tureččina lotyšsko lotyština konžská nedeľa čerokézsky""",
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
    "hr": """što će ću ćemo već kuća noć noći moć moći sreća svijeća voće cvijeće vrijeme sljedeći idući budući
        opći općina tisuća plaća mogućnost život žena žene može muž neželjeno traži služba država važno knjižara
        još škola školski šest šuma naš vaš piše više niže kiša rješenje izvješće pogreška dječji dječak čovjek čaj
        čas često čist oči riječ riječi početak početna način noćni večer mačka sunčan račun računi tečaj priča
        priče đak gdje lađa građani događaj događaji također rođen rođendan među tuđi tuđe Petrović Jurić Kovačević
        Marković Babić Božić Šimić Đorđe Željko slučaj točka priručnik džep džamija pidžama sunđer anđeo južni
        istočni općinski vjenčanje učitelj učenik šećer čarapa ključ grožđe lišće pređe lađe smeđi mlađi građevina
        uređaj čamac šljiva šlag šator klasični osnovni rječnik žalba žaba bačva vođa mađioničar čavli maršal
        maršalovi bangladeš limburški mađarski mađarska bukurešt beč češki kineski američki grčki turski danski
        kašmirski aboriđinski""",
    "sl": """če še že ki je in več vse kaj kdo hiša hiše šola šole šest leto življenje življenjepis žena ženska mož
        možnost država služba družina družba knjižnica naše vaše pišem višje nižje poročilo naročilo račun računi
        začetek začetni večer noč moč pomoč odločba človek čas časi čaj čist oči reč točka število številka božič
        praznični križ sončni mačka ključ ključni sporočilo priročnik načrt načrti obračun zaključek središče
        dvorišče tržišče tečaj učitelj učenci učenje Matjaž Blaž Tomaž Aleš Uroš Jože Saša Nataša Boštjan prošnja
        južni vzhodni otočje otočki džungla pidžama državni ribiški češnja šivanka žoga čebela skupščina dediščina
        zapuščina občina križišče pokrajina narečje""",
    "tr": """ve için çok değil şey şimdi nasıl kadın kız kızı adı altı yanlış doğru doğum gün güzel büyük küçük
        yeni yıl yılı yılbaşı sınıf sınav kitabı kapı arkadaş arkadaşlar kardeş çocuk çocuklar ağaç dağ yağmur
        soğuk sağlık bağ değişik öğrenci öğretmen öğle eğitim eğlence düğün bugün dün müzik şarkı şarkılar şehir
        şeker iş işi işler işçi iyi içinde dış ısı ılık kış kışlık başka başkan baş beş taş yaş yaşam savaş barış
        alış satış giriş çıkış bilgi bilgisayar fotoğraf fotoğraflar resim ödev ödeme önemli özel özet özgeçmiş söz
        göz yüz köy su İlk İki Oğuz Yılmaz Yıldız Şahin Çelik Aydın Kılıç Doğan Çağlar Ayşe müşteri sözleşme
        başvuru sayısı hakkında kaydı çalışma yazı fıstık kitapları notları çocukları yazıları dosyaları soruları
        cevapları kuralları programları tablosu adası adaları batı batısı doğu doğusu kuzey güney aşağı yukarı
        bölge birleşik kırmızı sarı altın balık ırmak ışık sıfır hafıza tıp dilekçe bahçe akçe gerçek geçmiş bağış
        mağaza boğaz çığ sığınak anahtar paşa maaş neşe köşe eşya şifre şoför ağrı ağız oğul uğur tuğla kâğıt
        düşman işaret taşra maşa neşeli peşin akşam şarap şaka şan çeşit tarihçe türkü parça kıt tıraş kıvrım isveç
        norveç belçika moğolca almanca ispanyolca ispanyolcası hititçe kişi åland taşlı portekizce fransızca""",
    "ru": """и в не на что он как это но по из его она так они для мы все от только было уже или быть год года
        время может если когда даже другой после человек люди жизнь день дни дело дела работа работы слово слова
        место лицо друг друзья глаз вопрос дом сторона страна мир случай голова ребенок дети сила конец вид система
        часть город отношение женщина деньги земля машина вода отец проблема час право решение дверь образ история
        власть закон война бог голос тысяча книга книги возможность результат ночь стол имя область статья число
        компания народ жена группа развитие процесс суд условие средство начало свет пора путь душа уровень форма
        связь минута улица вечер качество мысль дорога мать действие школа язык песня песни музыка фото фотография
        документ документы договор отчет письмо список новый новая новое копия папка программа приложение заявление
        счет акт приказ инструкция таблица лекция лекции реферат курсовая диплом экзамен ответы задание контрольная
        сказка привет любовь моя мой наша семья свадьба отпуск поездка дача лето зима весна осень рождения объект
        съемка ещё её Иванов Сергей Александр Дмитрий Наталья Ольга Юрий Андрей Алексей Николай остров острова
        северный южный западный восточный старый этот этап эхо поэт экран эпоха якорь яблоко юность объявление
        центр телефон технология университет физика химия биология экономика бухгалтерия журнал шоколад цена""",
    "bg": """и на да се от за не със във като това той тя те ще най много може само вече още след преди човек хора
        живот ден дни работа дума думи място лице приятел приятели око въпрос къща дом страна свят град дете деца
        сила край вид част време година години жена мъж пари земя кола вода баща майка час право решение врата
        образ история закон война бог глас книга книги възможност резултат нощ маса име област статия число народ
        група развитие съд условие начало светлина път душа форма връзка улица вечер качество мисъл училище език
        песен песни музика снимка снимки документ документи договор отчет писмо списък нов нова ново копие папка
        програма приложение заявление сметка заповед таблица лекция лекции реферат курсова диплома изпит отговори
        задание приказка здравей любов моя моят наше семейство сватба почивка лято зима пролет есен рожден Иванов
        Георги Димитър Стоян Петър Христо ъгъл първи втори третият големият целия северна южна източна западна
        остров острови опаковъчен дърво ръка тълпа съюз африка англия английски гвинея бисау индия китай китайски
        японски русия германия италия испански франция френски лингвистика унгарски турция""",
    "uk": """і в не на що він як це але по із його вона так вони для ми всі від тільки було вже або бути рік року
        час може якщо коли навіть інший після людина люди життя день дні справа робота роботи слово слова місце
        обличчя друг друзі око питання дім сторона країна світ випадок голова дитина діти сила кінець вид система
        частина місто відношення жінка гроші земля машина вода батько проблема година право рішення двері образ
        історія влада закон війна бог голос тисяча книга книги можливість результат ніч стіл ім'я область стаття
        число компанія народ дружина група розвиток процес суд умова засіб початок світло шлях душа рівень форма
        зв'язок хвилина вулиця вечір якість думка мова пісня пісні музика фото фотографія документ договір звіт
        лист список новий нова копія папка програма додаток заява рахунок наказ таблиця лекція лекції реферат
        курсова диплом іспит відповіді завдання казка привіт любов моя мій наша сім'я весілля відпустка подорож
        дача літо зима весна осінь народження об'єкт її їх їжа своєї є єдиний Шевченко Іваненко Сергій Олександр
        Юрій Андрій ґанок ґрунт національний південна північна східна західна острів острови мовний телефон
        технологія університет фізика хімія економіка журнал цукор""",
    "el": """και το να της η ο του από με για την που στο είναι θα τον δεν στην σε των τα οι ότι αυτό όπως μας αλλά
        πολύ μετά πριν όταν χρόνια χρόνος ώρα ημέρα μέρα νύχτα άνθρωπος άνθρωποι ζωή κόσμος χώρα πόλη σπίτι δρόμος
        παιδί παιδιά γυναίκα άνδρας πατέρας μητέρα αδελφός φίλος φίλοι αγάπη καρδιά μάτια χέρι νερό θάλασσα ήλιος
        ουρανός γη φως βιβλίο βιβλία λέξη λόγος γλώσσα σχολείο πανεπιστήμιο μάθημα μαθήματα εργασία εργασίες έργο
        έγγραφο έγγραφα αρχείο αρχεία φάκελος φωτογραφία φωτογραφίες εικόνα εικόνες μουσική τραγούδι τραγούδια
        ταινία νέα νέος νέο μεγάλος μεγάλη μικρός καλός καλή καλημέρα ευχαριστώ παρακαλώ αίτηση απόφαση σύμβαση
        λογαριασμός τιμολόγιο κατάλογος πρόγραμμα σημειώσεις ασκήσεις λύσεις θέματα εξετάσεις διπλωματική
        βιογραφικό πρώτος δεύτερος τρίτος τελικό αντίγραφο ιστορία τέχνη επιστήμη οικονομία πολιτική νόμος κράτος
        δημοκρατία γιώργος γιάννης μαρία κώστας νίκος δημήτρης ελένη παπαδόπουλος παναγιώτης χριστούγεννα διακοπές
        καλοκαίρι ταξίδι γάμος βάπτιση γενέθλια οδηγίες χρήσης ύλη ύδωρ όνομα ήταν έχει έχουν ώστε ίδιο άλλο υγεία
        μπάλα ντομάτα μπαρ ντουλάπα γκαράζ τζάμι τσάι νησί νησιά βόρεια νότια μουσείο προϊόν μαϊμού ευρωπαϊκό
        μπλουζ τηλέφωνο αυτοκίνητο κομπιούτερ ξένος ψάρι ζάχαρη χάρτης""",
    "he": """של את על לא זה הוא היא אני עם כל מה יש גם או כי אם אין היה אבל יותר רק כמו עוד בית ילד ילדים אישה איש
        אנשים יום ימים שנה שנים שעה חודש שבוע לילה בוקר ערב עיר ארץ עולם חיים אהבה לב עין עיניים יד ידיים ראש מים
        שמש ים אדמה אור דרך ספר ספרים מילה מילים שפה תורה תפילה שבת חג פסח סוכות חנוכה פורים כיפור משפחה אבא אמא אח
        אחות סבא סבתא חבר חברים חתונה טיול תמונה תמונות צילום שיר שירים סרט סרטים משחק מסמך מסמכים קובץ קבצים
        תיקייה עבודה עבודות שיעור שיעורים מבחן מבחנים תרגיל פתרון סיכום הרצאה לימודים מורה תלמיד כיתה מכתב רשימה
        טופס חשבון חשבונית קבלה דוח חוזה הסכם תוכנית פרויקט מצגת הצעה מחיר כסף בנק חברה משרד ממשלה חוק משפט צבא
        שלום תודה בבקשה חדש חדשה גדול קטן טוב יפה ראשון שני שלישי דוד משה יוסף יעקב אברהם שרה רחל לאה כהן לוי צפון
        דרום מזרח מערב איים האי מרכז קורות גרסה סופי עותק טלפון טלוויזיה אינטרנט רדיו מוזיקה פוליטיקה אוטובוס
        אקדמיה סטודנט פסיכולוגיה היסטוריה גאוגרפיה ביולוגיה פיזיקה מתמטיקה כימיה טכנולוגיה סטטיסטיקה פילוסופיה
        אוניברסיטה דוקטור פרופסור קפה שוקולד פיצה סלט בננה אנרגיה אנגלי רומן גיטרה קונצרט תיאטרון אופרה גלריה
        מוזיאון סינמה וידאו קלאסי מודרני בינוני עתיקה קרטון מנגו ג'ירפה צ'ק סנדוויץ' ז'קט גן נוף ואדי קולנוע פלסטיק
        מיקרוסקופ קילומטר גרם דולר קוד מודל נתונים סימן קו כתב""",
    "th": """ที่ และ การ เป็น ของ ใน มี ไม่ ได้ ให้ ว่า จะ ความ คน นี้ กับ มา ไป แล้ว จาก โดย หรือ เขา ต้อง ผู้ ก็
        อยู่ นั้น แต่ ทำ วัน ปี เดือน เวลา บ้าน เมือง ประเทศ จังหวัด โรงเรียน มหาวิทยาลัย วิทยาลัย นักเรียน ครู
        อาจารย์ หนังสือ ภาษา เรียน สอน ข้อสอบ การบ้าน รายงาน เอกสาร แบบฟอร์ม ใบสมัคร ประกาศ คำสั่ง โครงการ แผน
        งบประมาณ บัญชี รายชื่อ ตาราง สรุป ประชุม บันทึก จดหมาย รูป รูปภาพ ภาพ ถ่าย เพลง วิดีโอ หนัง ละคร เกม สำเนา
        ใหม่ เก่า ดี สวย รัก พ่อ แม่ พี่ น้อง ลูก เพื่อน ครอบครัว แต่งงาน ท่องเที่ยว ทะเล ภูเขา น้ำ ฝน ฟ้า ดิน ไฟ
        ต้นไม้ ดอกไม้ อาหาร ข้าว ปลา ไก่ หมู ผัก ผลไม้ เงิน บาท ราคา ซื้อ ขาย บริษัท จำกัด สำนักงาน กระทรวง กรม
        ศูนย์ สมาคม ธนาคาร โรงพยาบาล แพทย์ สุขภาพ กฎหมาย พระ วัด ศาสนา ประวัติศาสตร์ วิทยาศาสตร์ คณิตศาสตร์
        คอมพิวเตอร์ โปรแกรม ข้อมูล ระบบ เครื่อง คู่มือ ใช้ งาน ขั้นตอน สวัสดี ขอบคุณ เหนือ ใต้ ตะวันออก ตะวันตก
        เกาะ หมู่ อินเทอร์เน็ต เทคโนโลยี โทรศัพท์ โทรทัศน์ แบตเตอรี่ คลินิก ฟุตบอล บาสเกตบอล กีตาร์ เปียโน
        คอนเสิร์ต เซ็นเตอร์ ช็อกโกแลต ไอศกรีม กาแฟ เบียร์ ฟิล์ม ลิฟต์ ซอฟต์แวร์ ฮาร์ดแวร์ ไวรัส มอเตอร์ไซค์ แท็กซี่
        โบราณ กลาง ญี่ปุ่น เกาหลี เวียดนาม กัมพูชา ลาว พม่า มาเลเซีย สิงคโปร์ อินโดนีเซีย ฟิลิปปินส์ อินเดีย เนปาล
        ปากีสถาน อิหร่าน อิรัก ซาอุดีอาระเบีย ตุรกี รัสเซีย ยูเครน โปแลนด์ เยอรมนี ฝรั่งเศส อังกฤษ สเปน อิตาลี กรีซ
        สวีเดน นอร์เวย์ ฟินแลนด์ เดนมาร์ก เนเธอร์แลนด์ เบลเยียม สวิตเซอร์แลนด์ ออสเตรีย ฮังการี โรมาเนีย บัลแกเรีย
        อียิปต์ ลิเบีย โมร็อกโก เคนยา ไนจีเรีย กานา แอฟริกาใต้ คองโก แคนาดา อเมริกา เม็กซิโก บราซิล อาร์เจนตินา
        ชิลี เปรู โคลอมเบีย คิวบา ออสเตรเลีย นิวซีแลนด์ ฟิจิ ซามัว อาหรับ ฮินดี ละติน เปอร์เซีย ทมิฬ มลายู""",
    "et": """ja on või ära öö ööd päev päeva päevad töö tööd töötaja väike väga hästi hää käsi käes jää jään mänd
        õpe õpetaja õpilane õppima õhk õhtu õhtul õun õige õigus õnn õnne õli õu õues öine öelda ühe üks üksi üle
        üleval üheksa ülikool üldine ümber üritus ütleb küla külas küsimus küsimused kütus kõik kõige kõne kõrge
        kõrgem kõrv kõva lõuna lõpp lõputöö põhi põhja põllu põder põnev põlv mõis mõned mõni mõte mõttes nõu
        nõukogu nõusolek rõõm rõõmus sõna sõnad sõber sõbrad sõda sõit sõidu tõlge tõsi tõus võib võimalik võru
        võti võtab võõras vööt vöönd köök söök söömine sööma tööpäev lööma löök mööda möödas rööv sünnipäev süda
        südame süsteem süü tütar tüdruk tükk tüüp müük müüja müts hüvasti jõgi jõe jõud jõulud järv järve järg
        järgmine jätk jääb lääne läänemaa läheb lähedal lähen märts määrus mägi mäed mälu mäng mängud nädal nädala
        näide näitus näha näeb nägu pärast pärnu pääs päike rääkima räägib säde sääst täht tähtis täna tänan tänav
        täpne täis väli välja väljak vältida värv väärtus äri ämber üksus aasta pühapäev laupäev reede esmaspäev
        teisipäev kolmapäev neljapäev jaanuar veebruar aprill pildid arve leping žanr žürii šokolaad šampoon garaaž
        tšekk dušš finiš šoti ööbik õmblus õõnes saar saared lõunaosa idapoolne keel keele eesti tähestik kirjutus
        tšuktši tšehhi tšiili tšaad tšello tšarter tšempion kašmiir šveits šaman broši duši fašist buss žurnaal
        fidži džungel džuudo põhjamaa põhjapoolne kõrgõzstan tadžikistan aserbaidžaan kašuubi puštu viktoriini
        marši""",
    "lv": """un ir nav kā tā tās šis šī šo šā kāds kāda kādi jā nē bērns bērni bērnu māte tēvs tēva māja mājas mājā
        darbs darbā gads gadā gadi diena dienā mēnesis mēneša nedēļa nedēļas ļoti ļaudis ceļš ceļi ceļā ceļojums
        zeme zemē debesis ūdens ūdenī upe jūra jūras jūrmala ezers ezerā mežs mežā koki zāle zālē puķe puķes zieds
        sākt sākums sākas sāls sēne sēklas sēdēt sīks sīkāk sīrups stāvs stāsts stāsti stāvoklis skaitļi skola
        skolā skolēns skolotājs skolēnu mācība mācības mācīt vārds vārdi vārdnīca vēstule vēstures vēsture vēl vējš
        vēlēšanas vīrs vīrietis vīns sieva sievietes draugs draugi draudzene mīlestība mīļš mīļā dziesma dziesmas
        dziesmu dzīve dzīvība dzīvoklis dzīvnieki dzimšanas svētki ziemassvētki jāņi līgums līgo līgas rēķins
        rēķini rēķinu grāmata grāmatas grāmatvedība saraksts pārskats pārdošana pārbaude pāri pērn pēc pēdējais
        pētījums pēteris pilsēta pilsētas pilsētā novads valsts valstī rīga rīgas latvija latviešu krievu angļu
        vācu valoda valodā mūzika mūsu mūžs tūkstoš jūnijs jūlijs janvāris februāris aprīlis oktobris novembrī
        decembrī maijā bilžu bildes attēls attēli fotogrāfijas ģimene ģimenes ģenerālis ģeogrāfija ģērbt kļūda kļūt
        kļava ķīmija ķirsis ķekars ķermenis ņemt ņem ziņa ziņas ziņojums zināms zināšanas žurnāls žēl žagars čau
        čeks čehu četri šeit šodien šoreiz šķīvis šķēres šķirt īss īsa īpašs īpašums īre ēka ēkas ēst ēdiens ērti
        ātrs ātri ārsts ārējs ādas ābols ūsas programmā pielikums iesniegums protokols līdz līdzi līnija lūdzu
        lūgums lūpa kārta kārtība kūka kūrorts cēsis cīņa cūka bija būt būs būvniecība brālis brīvs brīvdienas
        aizņemts apģērbs austrumu rietumu ziemeļu dienvidu salas sala centrālā republika mašīna mēs jūs viņš viņa
        viņi kuģis deviņi astoņi franču holandiešu persiešu itāliešu ķīniešu japāniešu indiešu aramiešu arābu irāna
        irākas indija kanāda spānija spāņu itālija lībija nigērija gviāna libērija alžīrija austrālija sāmu horvātu
        rumāņu katalāņu gēls pidžinvaloda dušanbe amerikāņu apvienotie arābi emirāti flāmu fēru šveices
        ziemeļamerika mākslīgā pārvalde ņujorka""",
    "lt": """ir yra nėra kaip šis ši šie šiandien šalis šalies šeima šeimos šventė šventės šviesa širdis šuo šaltas
        šiaurė šiaurės šokis šaukštas ačiū čia čekis čempionas žmogus žmonės žmonių žodis žodynas žodžiai žemė
        žemės žiema žinios žinoti žinutė žiūri žuvis žalias žaidimas žaidimai žurnalas žvaigždė ąžuolas ėjo ėmė
        įmonė įmonės įrašas įrašai įstatymas įsakymas įvadas įvykis į ūkis ūkio ūsai būti būdas būsena buvęs kūnas
        kūryba kūdikis dūmai mūsų mūzika muzika jūsų jūra jūros jūs rūta rūšis sūnus sūris tūkstantis vaikų vaikas
        vaikai namų namai namuose darbas darbų sąrašas sąskaita sąskaitos sąlyga sąvoka tėvas tėvai tėvų mėnuo
        mėnesį metų metai dienų diena savaitė savaitės naktį rytą vakarą pėsčias pėda pradžia pradėti praėjo
        prašymas prašau pažyma pažintis pavyzdžiui pavadinimas pasaulis pasaulį protokolas sutartis sutarčių
        ataskaita nuotrauka nuotraukos nuotraukų kelionė kelionės gėlė gėlės gėris gražus graži gimtadienis
        gyvenimas vardas vasarą vyrų vyras moteris moterų mokslas mokyklą mokykla mokinių mokytojas knyga knygų
        kalba kalbų kalbėti lietuvių lietuva vokiečių anglų rusų lenkų ispanų prancūzų vilnius klaipėda šiauliai
        panevėžys kaunas pirmadienį antradienį trečiadienį ketvirtadienį penktadienį šeštadienį sekmadienį birželis
        liepą rugpjūčio rugsėjo spalį lapkričio gruodžio sausį vasario kovą balandžio gegužės draugė draugų drąsa
        kąsnis ranką kartą šaką galvą tą šią kurį kurią dėl dėžė dėstyti dėmesio tėvynė sėdėti sėkmė sėkmės vėl
        vėliau vėjas vėliava vėžys lėtas lėktuvas lėšos kėdė kėlė rėmas ėmimas rašyti rašto raštas rašė tašką
        taškas taip mėgsta mėlynas mašina mažas mažai daugiau ežeras ežero ežerų ugnį tūris grįžti grįžo nuolaidų
        prekių sričių piečių pietų rytų vakarų centrinė respublika salos salų karalystė arabų persų graikų italų
        turkų japonų kinų žydų indų senoji jungtinių valstijų amerikos airija kroatų serbų rumunų nežinoma
        nežinomas asturianų pietinė šiaurinė vakarinė rytinė sąjunga brunėjus""",
    "ca": """què això és són està més després també però només dia dies any anys català catalana país països
        llengua llengües història música política econòmica economia energia àrea àlbum àngel àudio àvia avió
        avions camió cançó cançons informació educació situació estació relació versió decisió raó il·lusió
        col·lecció col·legi intel·ligència pel·lícula pel·lícules cel·la ciència paciència conferència referència
        França Barça plaça força cabeça començar peça caça açò lliçó número teléfon telèfon pàgina pública públic
        tècnica mèdic últim última únic ús útil Núria Jesús Mònica Òscar òpera òptica òrgan ós bé cafè comú demà
        demés germà gener març abril juliol setmana dimarts diumenge fórmula fòrum formatgeria família Víctor Maria
        García Sánchez López Pérez Martí Solé Vallès Gràcia Sàbat Tarragonès exàmens exercici esquí príncep mínim
        màxim mètode sèrie sèries règim règims vàlid vídeo vídeos imatge títol capítol índex article vehicle
        matrícula pingüí qüestió qüestions aigües raïm veïns veïna reunió Lluïsa heroïna egoïsta diürn traïció
        suïcidi cançoner déu peu tren tèrmic tresorer república província illa muntanya església castellà alemany
        francès anglès portuguès japonès danès finlandès gal·lès aràbiga""",
    "ga": """agus is tá bhí níl féin sé sí siad mé tú sinn an na nó gan ón faoi leis ár bhur lá laethanta bliain
        blianta mí míosa oíche oícheanta maidin tráthnóna inné inniu amárach Éire Éireann Gaeilge béal béarla Baile
        Átha Cliath Gaillimh Corcaigh Luimneach Dún sráid bóthar bóithre áit áiteanna tír tíortha oileán oileáin
        sliabh sléibhte abhainn farraige muir uisce tine gaoth fómhar geimhreadh earrach samhradh Eanáir Feabhra
        Márta Aibreán Bealtaine Meitheamh Iúil Lúnasa Meán Fómhair Deireadh Samhain Nollaig Domhnach Luan Máirt
        Céadaoin Déardaoin Aoine Satharn scéal scéalta leabhar leabharlann scoil scoileanna ollscoil múinteoir
        dalta páiste páistí leanbh máthair athair deartháir deirfiúr iníon mac clann teaghlach fear fir bean mná
        cailín cailíní buachaill buachaillí duine daoine Seán Máire Pádraig Síle Caitríona Ciarán Róisín Niamh Áine
        Órla Úna Éamon Mícheál Tomás Ó Néill Súilleabháin ceol ceoltóir amhrán amhráin dán dánta rince cúpla céad
        dó trí ceathair cúig seacht ocht naoi deich fiche tríocha daichead caoga míle milliún uimhir fón teileafón
        ríomhaire ríomhphost suíomh idirlíon nuacht nuachtán clár cláir foirm litir litreacha tuarascáil cuntas
        airgead banc obair post oifig rialtas dlí polaitíocht stair tíreolaíocht eolaíocht matamaitic béile arán
        bainne tae caife fíon beoir iasc feoil glasraí úll oráiste úr óg sean mór beag fada gearr álainn go maith
        láidir éasca deacair ag éisteacht dráma grianghraf grianghraif íomhá cóip nóta polannach spáinnis iodáilis
        fraincis sínis seapáinis rúisis portaingéilis gréigis danmhairgis ársa thuaidh theas thoir thiar poblacht
        ríocht aontaithe stáit meiriceá áise eorpach afraic oirthear réigiún cóngó bháin guine ghuáin léarscáil""",
    "gd": """agus tha bha chan eil bidh mi thu sinn sibh iad às air aig ann anns bho fon gun mar là làithean latha
        bliadhna mìos mìosan oidhche madainn feasgar an-dè an-diugh a-màireach Alba Gàidhlig Gàidhealtachd beurla
        Dùn Èideann Glaschu Inbhir Nis Steòrnabhagh taigh taighean sràid rathad àite àiteachan dùthaich dùthchannan
        eilean eileanan beinn beanntan abhainn muir uisge teine gaoth foghar geamhradh earrach samhradh Am
        Faoilleach Gearran Màrt Giblean Cèitean Ògmhios Iuchar Lùnastal Sultain Dàmhair Samhain Dùbhlachd
        Didòmhnaich Diluain Dimàirt Diciadain Diardaoin Dihaoine Disathairne sgeul sgeulachd leabhar sgoil oilthigh
        tidsear pàiste pàrant màthair athair bràthair piuthar nighean clann teaghlach fear bean caileag balach
        duine daoine Seumas Iain Màiri Pàdraig Sìne Mòrag Catrìona Niall Eòghann ceòl òran òrain dàn bàrd bàrdachd
        dannsa ceud dhà trì ceithir còig sia seachd ochd naoi deich fichead mìle millean àireamh fòn coimpiutair
        post-d làrach-lìn lìon naidheachd pàipear clàr clàran foirm litir cunntas airgead banca obair oifis
        riaghaltas lagh eachdraidh saidheans biadh aran bainne tì cofaidh fìon leann iasg feòil ùbhal ùr òg sean
        mòr beag fada goirid brèagha math làidir furasta doirbh dòigh còmhla fhèin cò càit cuin ciamar carson dè
        gàrradh pìos tìr rìgh rìoghachd poblachd frangais gearmailtis spàinntis eadailtis ruisis sìnis seapanais
        polainnis duitsis suainis lochlannais fionnlannais meadhan tuath deas sear siar aonaichte stàitean
        aimeireaga àisia afraga roinn-eòrpa""",
    "cy": """a yn y yr mae oedd bydd roedd nid ddim gan gyda ar o i tŷ dŵr gŵr gŵyl gŵyliau gŵn sŵn llŷn cŵn ŵyr
        ŵyn tŵr stŵr pŵer nŵdl bŵt siŵr cŷn ffŵl fŷs gŷr dŷn ŷd ŷm ŷch tân gân cân lân glân mân tôn môr pôl rôl
        siôn ôl ôd bôn môn nôd ân âr âu ânt tâl mâl plâu ffrâm siâp hâd cyfarfodydd gwaith ysgol ysgolion llyfr
        llyfrau pobl plant merch bachgen mam tad brawd chwaer teulu dydd diwrnod wythnos mis blwyddyn Ionawr
        Chwefror Mawrth Ebrill Mai Mehefin Gorffennaf Awst Medi Hydref Tachwedd Rhagfyr Llun Mercher Iau Gwener
        Sadwrn Sul Cymru Cymraeg Saesneg Caerdydd Abertawe ynys ynysoedd mynydd afon tref dinas gwlad gwledydd
        stori storïau hanes hanesion copïau copïo cwmnïau ffurflenni lluniau cerddoriaeth caneuon sgôr bîff bîn gêm
        gêmau trên trenau ffêr pêl pêl-droed crêp tîm tîmau sîn ffîn mêl sêr sêl gwên llên cnôl cloïau gwnïo ysbïwr
        unigrwydd taleithïau dwyreiniol gogledd de gorllewin canol gweriniaeth teyrnas unedig sïo lleïaf sgïo
        tiwnïo Almaeneg Ffrangeg Sbaeneg Eidaleg Groeg Hynafol Twrceg Iaith Wcráin Fatícan Asïa Siân Siôn Dafydd
        Gwyn Llŷr Rhŷs Sêra Tomos Líbia gwâdd prynhawn noswaith nawrŵeg lithwaneg swlŵ rapanŵi caribî caribïaidd
        gwasgŵyn eifftaidd gŵyr ffijïeg haitïeg tahitïeg mongolïeg italïeg""",
    "mt": """u il il-ħobż il-baħar fil-għodu ħaġa ħafna ħin ħobż ħamis ħadd ħames ħabib ħajja ħal ħalli ħaddiem ħut
        ħasil ħelu ħelwa ħolma ħoss ħsieb ħtieġa baħar baħrija sħab saħħa saħħta tħin triq tqegħid laħam luħa qalb
        maħruġ miftuħ ruħ rħam raħal riħ mħabba dħul saħan aħna aħjar aħwa oħra oħrajn oħt aħmar daħla għadu għal
        għalliem għalliema għandu għarbi għodwa għoli għolja għada għadd għajn għajnuna għamel għaxar għaxra għotja
        għid belgħa magħna tagħna tagħhom tagħlim tiegħi miegħu xogħol xogħlijiet nagħmel jagħmel logħba triegħ
        bogħod sebgħa disgħa erbgħa ġdid ġdida ġenituri ġimgħa ġnien ġurnal ġunju ġuħ ġebla ġiex ġara ġewwa ġgant
        ġurament ġeneral ġojjell ġeografija ġermaniż aġenzija reġjun reġjonali leġġi oġġett viaġġ maġġur ħaġar ħaġġ
        mġarr kolleġġ paġna paġni immaġini ċar ċara ċavetta ċertifikat ċinema ċiniż ċikkulata ċensu ċirku ċkejken
        ċkejkna ċentru ċentrali preċiż deċiżjoni edukazzjoni storja kaċċa biċċa biċċiet bċejjeċ kuċċarina
        fiċ-ċentru bniedem żmien żogħżugħ żgħir żgħira żebbuġ żarbun żjara żewġ żejt żona ħażin ħażna tiżjin
        jiżdied eżami eżempju kważi każ każi mużew mużika użu użati użanza ingliż ingliża malti maltija franċiż
        taljan spanjol portugiż ġappuniż awstrijaż ċeka rużżju iżlandiż danim żvediż pajjiż pajjiżi gżira gżejjer
        madwar repubblika stati magħquda renju unit nofsinhar tramuntana lvant punent tnejn tlieta sibt jannar frar
        marzu april mejju lulju awwissu settembru ottubru novembru diċembru à università libertà verità società
        però città kwalità attività ġermanja norveġja belġju niġer niġerja alġerija eġittu ġappun ġorġja taġikistan
        użbekistan iżrael iżlanda iżvizzera iżvezja żambja żimbabwe finlandiż olandiż ċilì ċiprjott ċad franċiża
        oċean oċeanja perù tuneżija malażja rużja brażil ażjatiku ewropa ġamajka ġurdan ġunġlan serġ""",
    "br": """ha ar an er eus gant evit war dre n’eo ket brezhoneg Breizh galleg saozneg alamaneg kêr kêrioù
        kêriadenn ti tiez tud den plac’h paotr mamm tad breur c’hoar bugale bugel skol skolioù skol-veur levr
        levrioù istor istorioù sonerezh kan kanoù kanaouenn kanaouennoù dañs dañsoù fest-noz gouel gouelioù deiz
        devezhioù sizhun miz mizioù bloaz bloavezh Genver Cʼhwevrer Meurzh Ebrel Mae Mezheven Gouere Eost Gwengolo
        Here Du Kerzu Sul Lun Merc’her Yaou Gwener Sadorn mor enez inizi menez menezioù stêr stêrioù koad koadoù
        hent hentoù kreiz kozh nevez bras bihan hir berr brav mat fall fañch yann loeiz goulc’hen añv anv anvioù
        gwirioù bannoù pajennoù skeudennoù poltredoù lizheroù kontoù labour labourioù embregerezh kevredigezh
        kevredigezhioù prezidañ prezidant politikerezh stad stadoù unanet rouantelezh republik afrika amerika azia
        europa okeania indez norzh su reter kornôg kornôek dreistmor ôtre hañv goañv nevezamzer diskar-amzer dañjer
        romañs frañs frañseg kanañ labourañ skrivañ lenn komañs prenañ gwerzhañ sevel ober bezañ kaout mañ emañ
        amañ eñ diwezhañ kentañ brasañ bihanañ gwellañ unañ bountiñ debriñ evañ c’hoari ilizoù doareoù familhoù
        yezhoù roll rolloù gêrioù bigi bagoù pesked boued bara dour gwin jistr chouchenn krampouezh gwez gwezenn
        bleunioù naoñ pevar pemp c’hwec’h seizh eizh nav dek ugent kant mil milion deomp dezhañ outañ warnañ ennañ""",
    "sq": """dhe është janë nuk për në me nga që më të një ky kjo këto këta ata ajo unë ti ne ju shtëpi shtëpia
        shkollë shkolla fëmijë fëmijët fëmija nënë nëna babai vëlla motër motra familja jetë jeta ditë dita ditët
        javë muaj vit vitin natë nata mëngjes mbrëmje sot dje nesër Shqipëri Shqipëria shqipe Tiranë Kosovë Durrës
        Vlorë Shkodër Korçë Gjirokastër fjalë fjala libër libri libra gjuhë gjuha këngë kënga këngët muzikë muzika
        foto fotografi punë puna punës letër letra dokument dosje lista llogari faturë faturat kontratë kërkesë
        raport detyrë detyra pyetje përgjigje provim histori historia gjeografi ekonomi shkencë shkenca ligj ligji
        shtet shteti qeveri qeveria parti popull çdo çka çfarë çaj çmim çelës çështje çift çmimet bërë bëj bëhet
        pjesë pjesa mjaft madhe vogël bukur bukura ri re vjetër gjatë shkurtër lartë ulët mirë keq shumë pak zemër
        dashuri dashuria dasmë dasma ditëlindje pushime verë vera dimër pranverë vjeshtë det deti mal mali lumë
        lumi liqen ishull ishujt qytet qyteti fshat rrugë rruga vend vendi botë bota tokë toka ujë uji zjarr erë
        diell hënë hëna yll gjermanë gjermanisht frëngjisht anglisht italisht greqisht turqisht veriore jugore
        lindore perëndimore qendrore republika mbretëria bashkuara shtatë tetë nëntë dhjetë njëzet qind mijë janar
        shkurt mars prill maj qershor korrik gusht shtator tetor nëntor dhjetor martë mërkurë enjte premte shtunë
        diel Agë Ilirë Përmet Çamëri Ëngjëll ëmbël ëndërr ëndrra""",
    "af": """en is die nie het sê wêreld môre gister vandag reën reënboog geleë oë voël voëls seë hoë koeël spieël
        skoën geïnteresseerd geïllustreerd beïnvloed reünie koördineer ideë weë leë vroeë troeë droë boë nuwe more
        brûe brug nêrens êrens lê hê kêrel dêr sêr gê perd wîe wîg ô côte één óf òf vóór nóg hoër laër koerant
        koeëls dieë drieë tweeë geë daë dae vlieënier vlieëniers industrieë kolonieë provinsieë tradisieë
        Suid-Afrika Afrikaans Engels Duits Frans Spaans Italië Spanje België Kroasië Indonesië Indië Asië Brasilië
        Algerië Bulgarije Georgië Kenia Nigerië Namibië Tunisië Sirië Servië Slowenië Australië Oseanië Rusland
        Roemenië Macedonië Mongolië Moldowië Armenië Saoedi-Arabië Kaledonië Polinesië eilande verenigde state
        republiek Saterdag Sondag Maandag Dinsdag Woensdag Donderdag Vrydag Januarie Februarie Maart kafee café
        gesêde hê-hê reël reëls geënt beëindig geëet vlooië kwotiënt dialoë katalogi oorloë pêrel knieë""",
    "fo": """og er ikki eg tú hann hon tað vit tit teir tær at við til frá úr í á um eftir undir yvir føroyar
        føroyskt føroya tórshavn klaksvík suðuroy vágar sandoy streymoy eysturoy norðoyar oyggj oyggjar oyggin
        fjørður fjøll fjall sjógvur havið bátur skip fiskur fuglur seyður kúgv hestur hundur kettlingur maður
        kvinna menn kvinnur barn børn drongur genta mamma pápi bróðir systir foreldur familja húsið heim skúli
        skúlin lærari næmingur bók bøkur orð orðabók mál málið song songur sangir tónleikur tónlist mynd myndir
        bræv brøv rokning skjal skjøl listi løgtingið løgmaður stjórn lóg land lond býur bygd vegur gøta brúgv
        summar vetur vár heyst sól máni stjørna regn kavi vindur ódn dagur dagar nátt nætur vika mánaður ár árini
        tíma klokkan sunnudagur mánadagur týsdagur mikudagur hósdagur fríggjadagur leygardagur januar februar mars
        apríl mai juni juli august september oktober november desember góður góða stórur lítil nýggjur gamal vakur
        ljótur høgur lágur langur stuttur heitur kaldur reyður bláur grønur gulur hvítur svartur brúnur eitt tvey
        trý fýra fimm seks sjey átta níggju tíggju hundrað túsund norðurlond norður suður eystur vestur miðjarðar
        týskt franskt enskt danskt íslendskt svenskt italskt sponskt russiskt kekkiskt sameindu ríki ongland
        týskland frakland noregi ísland grønland jólaoyggj bretska ameriku suðuramerika ævintýr øll økið æða ægir""",
    "mi": """ā te ngā nga he i ki kua kei tēnei tēnā tērā ēnei ēnā ērā māori reo rā rangi pō marama tau wiki Rātapu
        Rāhina Rātū Rāapa Rāpare Rāmere Rāhoroi Kohitātea Huitanguru Poutūterangi Paengawhāwhā Haratua Pipiri
        Hōngongoi Hereturikōkā Mahuru Whiringa Hakihea wāhi wā wāhine tāne tāngata tangata mātua matua pāpā māmā
        tamariki kōtiro tama whānau whāea tūpuna tīpuna mokopuna iwi hapū whare whenua motu moutere maunga awa
        moana roto wai ahi kāinga tāone kura kaiako ākonga akoranga pukapuka kōrero kupu pātai whakautu waiata
        whakaahua pikitia rārangi mahi pūtea pēke utu hōtēra hōiho kurī ngeru ika manu kererū tūī rākau putiputi
        kai parāoa miraka tī kāwhe wāina pia mīti hua āporo ārani nui iti pai kino hou tawhito roa poto teitei mā
        pango whero kōwhai kākāriki kikorangi tahi rua toru whā rima ono whitu waru iwa tekau rau mano kotahi
        Aotearoa Ahitereiria Ingarangi Wīwī Tiamana Pāniora Itāria Hainamana Hapanihi Rūhia Āwherika Āhia Ūropi
        Amerika Pōrana Pōtukīhi Kōtirana Īnia Īrana Īraki Ōtautahi Tāmaki Ūkareinga kāwanatanga pāremata pāti
        tūmatanuiā hītori ōhanga pūtaiao tūturu tūmanako hōtaka whakamāramatanga kōwae ōkawa mōhio tōku tōna ōku
        āku tāku ā-tau ngāti pōneke tūranga mātauranga āhua āe kāo ō ī Initonīhia Kānata Tāna Tānihi Pīhini
        Haumoana Tūpuku Kirimī Nūmea Rūpī Pahamā Kūwaiti Pāpua Horomona Tongā Haina Ōropi Pūtān""",
    "lg": """ŋŋenda ŋŋamba eŋŋoma eŋŋano eŋŋaali bannange abantu omuntu omulimu ekitabo
        oluganda ensi ebizinga ekizinga olunaku omwaka omwezi amazzi omuti ennyumba essomero omusomesa""",
    "ku": """û ji bi di de li ku ez tu ew em hûn wan min te wî wê me we çi çima çawa kî kê kengî kîjan ev va van yê
        ya yên kurdî kurmancî kurdistan kurd ziman zimanê zimanî gel gelê jin jinên mêr zarok zarokên dê bav bira
        xwişk malbat mal gund bajar bajarê welat welatê çiya çiyayê çem çemê deryâ derya gol giravên girava girav
        roj rojên rojname hefte meh sal salên şev sibê êvar îro duh Çile Sibat Adar Nîsan Gulan Hezîran Tîrmeh
        Tebax Îlon Cotmeh Mijdar Berfanbar Kanûn Yekşem Duşem Sêşem Çarşem Pêncşem În Şemî pirtûk pirtûka çîrok
        çîroka nivîs nivîskar nivîsandin helbest stran stranên dengbêj muzîk wêne wêneyên dîrok dîroka aborî siyasî
        civak civaka dewlet dewletên hikûmet partî zanîn zanîngeh dibistan mamoste xwendekar name lîste hesab
        peyman raport pere kar karker karê bazirganî xwarin nan av şîr çay qehwe masî goşt sêv mezin piçûk nû kevn
        xweş xirab dirêj kurt bilind reş spî sor zer şîn kesk yek du sê çar pênc şeş heşt neh deh bîst sed hezar
        azadî aştî şer şoreş şehîd evîn dil jiyan jîyan mirov mirovên serok serokê rêz rêzan rêber rê rêya Amed
        Hewlêr Silêmanî Mûş Agirî Şirnex Batman Mêrdîn Riha Wan Colemêrg Tirkiye Îran Îraq Sûriye Almanya Fransa
        Îngilîzî Îtalya Spanya Çîn Japonya Rûsya Yewnan erebî farisî tirkî almanî fransî rojava rojhilat bakur
        başûr navîn navendî komara keyaniya yekbûyî êzidî ûris xûn rûpel tûj amerîka ewropa afrîka asya îtalî rûsî
        vîetnamî kîprûs meksîka brezîlya danîmarka sûdan sûrî lîbya lubnan cîbûtî lîtvanya paşa portûgal swêd
        îsraîl misirî porto rîko luksembûrg bermûda parîs mîlyon mûzîk rêzîman gîtar radyoyê fîlm tîp""",
    "vi": """và là của có không được người một những các trong cho để với này khi đã sẽ đang từ đến ở về như nhưng
        hay hoặc nếu thì mà vì nên cũng rất nhiều ít lắm quá hơn nhất cùng theo trên dưới trước sau giữa ngoài tôi
        bạn anh chị em ông bà cô chú bác cháu mẹ cha bố con trai gái vợ chồng gia đình bè thầy giáo học sinh viên
        trường lớp bài tập thi kiểm tra đề đáp án giải sách vở truyện thơ văn báo cáo tài liệu hồ sơ danh hợp đồng
        hóa đơn thư mời xin việc lý lịch bảng điểm kết quả kế hoạch chương trình dự công ty nhà máy phòng ngân hàng
        tiền lương thuế giá mua bán kinh tế chính trị xã hội sử địa toán vật ngữ tiếng việt nam pháp đức nga trung
        quốc nhật bản hàn mỹ ý tây ban nha bồ đào lan thụy điển sĩ úc ấn độ thái lào cam pu chia hà nội sài gòn
        thành phố chí minh huế đà nẵng hải cần quận huyện tỉnh phường đường làng quê đất nước sông núi biển đảo
        rừng cây hoa lá trời trăng sao mưa gió nắng bão tuyết lửa năm tháng tuần ngày giờ phút giây sáng trưa chiều
        tối đêm hôm nay qua mai chủ thứ hai ba tư bốn bảy tám chín mười trăm nghìn triệu tỷ xuân hạ thu đông tết lễ
        cưới hỏi du nghỉ hè ảnh hình chụp phim nhạc hát ca khúc tình yêu nhớ thương buồn vui hạnh phúc đời sống
        chết mơ ước hy vọng cuộc mới cũ đẹp xấu tốt lớn nhỏ cao thấp dài ngắn rộng hẹp nhanh chậm nóng lạnh trắng
        đen đỏ xanh vàng tím nâu cơm phở bánh mì gạo thịt cá gà bò lợn rau trứng sữa cà phê trà rượu bia nguyễn
        trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ ngô dương hướng dẫn dụng cài đặt phần mềm tính điện thoại
        mạng điều khoản quyền luật nghị định thông quyết bộ chữ số cổ đại hệ thuộc vùng miền bắc quần cộng hòa liên
        vương hiệp khoa kỹ thuật y dược bệnh viện sức khỏe thể thao bóng đá mẫu giấy tờ ghi sửa đổi ngoại xứ thượng
        cựu kí tự tượng nguyên thủy lạp á phi âu ả rập viết cái""",
    "hsb": """a je su być njeje ale tež hišće hdyž kaž při před přez wot za što štó kotry kóždy wšitko něchtó ničo
        serbski serbšćina serbske Łužica Budyšin Chóśebuz rěč rěče delnjoserbsce hornjoserbšćina němski němčina
        čěski čěšćina pólšćina jendźelšćina francošćina rušćina słowjenšćina chorwatšćina španišćina italšćina
        šwedšćina danšćina norwegšćina japanšćina chinšćina grjekšćina turkowšćina hebrejšćina słowo słowa słownik
        kniha knihi šula šule wučer wučerka šuler dźěći dźěćo mać nan bratr sotra swójba muž žona žony mužojo holca
        hólc přećel přećeljo dom domy měsćo města wjes wsy hasa droha kraj kraje swět zemja morjo rěka jězor hora
        hory kupa kupy dźeń dny tydźeń měsac lěto lěta nóc wječor ranje dźensa wčera jutře póndźela wutora srjeda
        štwórtk pjatk sobota njedźela januar februar měrc apryl meja junij julij awgust september oktober nowember
        december spěw spěwy hudźba wobraz wobrazy foto lisćina lisćik pismo list zličbowanka próstwa zrěčenje
        rozprawa dźěło dźěła pjenjezy čas časopis nowina nowiny stawizny hospodarstwo wědomosć kultura wěra cyrkej
        narodniny kwas prózdniny lěćo zyma nalěćo nazyma wjelki mały mała nowy stary rjany dobry špatny dołhi
        krótki wysoki čerwjeny čorny běły žołty zeleny jedyn dwaj tři štyri pjeć šěsć sydom wosom dźewjeć dźesać
        sto tysac ćežki ćah ćma ńje konjoń kóń ćěło łódź łuka źiwy źórło pěsk dźiw sewjerny južny wuchodny zapadny
        srjedźny zjednoćene kralestwo republika staty Amerika Afrika Europa Azija Awstralska Němska Pólska Čěska
        Rakuska Šwicarska Francoska Kašubšćina abchazišćina aramejšćina""",
    "be": """і ў не на што ён як гэта але па з яго яна так яны для мы усе ад толькі было ўжо або быць сказаць час
        можа калі нават іншы пасля чалавек людзі жыццё дзень дні справа праца рука твар сябар сябры вока пытанне
        дом бок краіна свет выпадак галава дзіця дзеці сіла канец від сістэма частка горад адносіны жанчына грошы
        зямля машына вада бацька маці праблема гадзіна права рашэнне дзверы вобраз гісторыя улада закон вайна бог
        голас тысяча кніга кнігі магчымасць вынік ноч стол імя вобласць артыкул лік кампанія народ жонка група
        развіццё працэс суд умова сродак пачатак святло шлях душа вуліца вечар якасць думка дарога мова беларуская
        беларусь мінск песня песні музыка фота фатаграфія фатаграфіі дакумент дакументы дамова справаздача пісьмо
        спіс новы новая праграма заява рахунак загад табліца лекцыя рэферат курсавая дыплом экзамен адказы заданне
        казка прывітанне каханне мая мой наша сямʼя сям'я вяселле адпачынак лета зіма вясна восень студзень люты
        сакавік красавік май чэрвень ліпень жнівень верасень кастрычнік лістапад снежань панядзелак аўторак серада
        чацвер пятніца субота нядзеля аб'ект шчасце яшчэ дождж снег вецер мора рака возера лес дрэва кветка цішыня
        цётка дзядзька брат сястра ўнук ўрок ўрад гаўс воўк праўда аўтар аўтобус дзяўчына хлопец паўночная
        паўднёвая усходняя заходняя астравы востраў рэспубліка дэмакратычная злучаныя каралеўства англійская
        французская нямецкая польская руская украінская іспанская італьянская партугальская грэчаская турэцкая
        кітайская тэлефон тэхналогія універсітэт фізіка хімія эканоміка гэты гэтая эра поўнач ёсць ёй яе ўсё
        ўжыванне""",
    "mk": """и во не на што тој како ова но по од негов таа така тие за ние сите само беше веќе или да биде каже
        време може ако кога дури друг после човек луѓе живот ден денови работа рака лице пријател пријатели око
        прашање куќа дом страна земја свет случај глава дете деца сила крај вид систем дел град односи жена пари
        кола вода татко мајка проблем час право решение врата слика слики историја власт закон војна бог глас
        илјада книга книги можност резултат ноќ маса име област статија број компанија народ сопруга група развој
        процес суд услов средство почеток светлина пат душа минута улица вечер квалитет мисла јазик јазици
        македонски македонија скопје битола охрид песна песни музика фотографија фотографии документ документи
        договор извештај писмо список нов нова копија папка програма прилог барање сметка наредба табела лекција
        испит одговори задача сказна здраво љубов моја мој наша семејство свадба одмор лето зима пролет есен
        јануари февруари март април мај јуни јули август септември октомври ноември декември понеделник вторник
        среда четврток петок сабота недела ќе ќерка ќош ѓубре ѓорѓи ѓавол ѕвезда ѕид ѕвер џеб џез џамија љубен
        њујорк његош земјоделство училиште универзитет физика хемија економија весник северна јужна источна западна
        централна острови остров република обединети кралство држави америка африка азија европа австралија
        англиски француски германски полски руски шпански италијански португалски грчки турски кинески јапонски
        албански српски бугарски меѓу меѓународен среќа среќен плаќање доаѓа раѓање роденден веројатно поважно
        сонце дожд снег ветер море река езеро шума дрво цвеќе сестра брат внук""",
    "sr": """и у не на што он како ово али по од његов она тако они за ми сви само било већ или да бити каже време
        може ако када чак други после човек људи живот дан дани посао рука лице пријатељ пријатељи око питање кућа
        дом страна земља свет случај глава дете деца снага крај врста систем део град однос жена новац кола вода
        отац мајка проблем сат право решење врата слика слике историја власт закон рат бог глас хиљада књига књиге
        могућност резултат ноћ сто име област чланак број компанија народ супруга група развој процес суд услов
        средство почетак светлост пут душа минут улица вече квалитет мисао језик језици српски србија београд ниш
        песма песме музика фотографија фотографије документ документи уговор извештај писмо списак нов нова копија
        фасцикла програм прилог захтев рачун рачуни наредба табела предавање испит одговори задатак задаци прича
        здраво љубав моја мој наша породица свадба одмор лето зима пролеће јесен јануар фебруар март април мај јун
        јул август септембар октобар новембар децембар понедељак уторак среда четвртак петак субота недеља ће ћерка
        ћуприја ћирилица ђак ђаво ђурђевдан ђорђе међу грађа грађанин рођендан догађај њега њихов њујорк љиљана џеп
        џез џамија срећа срећан плаћање школа факултет универзитет физика хемија економија новине северна јужна
        источна западна централна острва острво република уједињено краљевство државе америка африка азија европа
        аустралија енглески француски немачки пољски руски шпански италијански португалски грчки турски кинески
        јапански албански македонски бугарски мађарски јовановић петровић николић милица вуковић сунце киша снег
        ветар море река језеро шума дрво цвет сестра брат унук божић ускрс славље кољиво жеља жеље љето""",
    "kk": """және бұл бір да де мен сен ол біз сіз олар үшін бар жоқ емес болып болды еді деп туралы кейін бұрын
        қазір бүгін кеше ертең адам адамдар бала балалар ана әке ата әже аға іні апа қыз ұл әйел ер отбасы үй үйі
        мектеп мұғалім оқушы оқу оқулық кітап кітаптар сөз сөздік тіл тілі қазақ қазақстан қазақша орыс ағылшын
        неміс француз түрік қытай жапон алматы астана нұр сұлтан қала қаласы ауыл ауданы облысы көше жер жері су
        өзен көл тау теңіз дала орман ағаш гүл аспан күн ай жұлдыз жаңбыр қар жел жыл жылы апта түн таң кеш қаңтар
        ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан дүйсенбі сейсенбі сәрсенбі
        бейсенбі жұма сенбі жексенбі ән әндер күй музыка сурет суреттер фото құжат құжаттар шарт келісім есеп
        есептер хат тізім жаңа ескі бағдарлама өтініш бұйрық кесте дәріс реферат диплом емтихан жауаптар тапсырма
        ертегі сәлем махаббат менің біздің той туған мереке демалыс жаз қыс көктем күз ұлттық мемлекет мемлекеттік
        үкімет заң құқық халық тарих тарихы география экономика ғылым ғылыми мәдениет өнер өмір өлең жүрек жұмыс
        ақша банк баға құн сату қызмет қызметкер үлкен кіші жақсы жаман ұзақ қысқа биік ақ қара қызыл көк жасыл
        сары екі үш төрт бес алты жеті сегіз тоғыз он жиырма жүз мың миллион солтүстік оңтүстік шығыс батыс орталық
        аралдары аралы республикасы біріккен корольдігі штаттары америка африка азия еуропа австралия өңір ғалам
        һәм қаһарман іс іші ізгі әлем әдебиет әліпби ңғы маңызды жаңалық өзгеріс өте өңдеу үшінші ғасыр ғана ұйым
        ұсыныс қауіпсіздік""",
    "tg": """ва дар аз ба бо ин он ки барои ман ту ӯ мо шумо онҳо ҳар ҳама ҳам ҳастам ҳаст нест буд шуд мешавад
        карда кардан гуфт имрӯз дирӯз пагоҳ рӯз рӯзҳо рӯзи шаб моҳ моҳи сол соли ҳафта душанбе сешанбе чоршанбе
        панҷшанбе ҷумъа шанбе якшанбе январ феврал март апрел май июн июл август сентябр октябр ноябр декабр одам
        одамон мардум мард зан духтар писар кӯдак кӯдакон модар падар бародар хоҳар оила хона шаҳр шаҳри деҳа кӯча
        роҳ кишвар ҷумҳурии ҷумҳурӣ тоҷикистон тоҷикӣ тоҷик забон забони русӣ англисӣ олмонӣ фаронсавӣ туркӣ арабӣ
        форсӣ чинӣ ӯзбекӣ ҳиндӣ юнонӣ итолиёвӣ испанӣ португалӣ ҷопонӣ китоб китобҳо калима луғат мактаб донишгоҳ
        муаллим хонанда дарс таърих ҷуғрофия иқтисод илм фарҳанг ҳунар адабиёт шеър ҳикоя афсона суруд сурудҳо
        мусиқӣ сурат суратҳо акс аксҳо ҳуҷҷат ҳуҷҷатҳо шартнома ҳисобот ҳисоб нома рӯйхат нав нави кӯҳна барнома
        ариза фармон ҷадвал ҷавоб ҷавобҳо савол вазифа салом ишқ дӯст дӯстон дил зиндагӣ ҳаёт орзу тӯй ҷашн наврӯз
        тобистон зимистон баҳор тирамоҳ об нон гӯшт шир чой себ ангур замин осмон офтоб ситора борон барф бод дарё
        кӯл кӯҳ баҳр дарахт гул ҷангал ҷаҳон ҷавон ҷой қонун ҳуқуқ ҳукумат давлат давлатӣ миллӣ пул бонк кор корҳо
        қисм қадим қарз қишлоқ ғарб ғарбӣ шарқ шарқӣ шимол шимолӣ ҷануб ҷанубӣ марказӣ ҷазира ҷазираҳои иёлоти
        муттаҳида подшоҳии амрико африқо осиё аврупо австралия калон хурд хуб бад дароз кӯтоҳ баланд сафед сиёҳ
        сурх кабуд сабз зард як ду се чор панҷ шаш ҳафт ҳашт нӯҳ даҳ бист сад ҳазор миллион маориф вилоят тоҷикон
        ӯро ғайр иҷро эълон аъло маънӣ""",
    "ar": """في من على إلى عن أن هذا هذه التي الذي كان كانت لا ما هو هي مع كل بعد قبل بين عند أو ثم قد لم لن إذا أي
        حتى كما أنا نحن أنت هم يوم أيام الأيام شهر سنة عام أسبوع ساعة ليلة صباح مساء اليوم أمس غدا الأحد الاثنين
        الثلاثاء الأربعاء الخميس الجمعة السبت يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر
        ديسمبر كتاب كتب الكتاب مكتبة كلمة كلمات لغة اللغة العربية الإنجليزية الفرنسية الألمانية الإسبانية الروسية
        الصينية التركية مدرسة جامعة الجامعة طالب طلاب معلم أستاذ دكتور درس دروس محاضرة امتحان أسئلة أجوبة حل بحث
        رسالة رسائل تقرير تقارير وثيقة وثائق ملف ملفات مجلد جديد جديدة الجديد قديم قائمة جدول حساب حسابات فاتورة
        عقد عقود طلب شهادة صورة صور الصور فيلم أفلام أغنية أغاني موسيقى قصة قصص شعر قصيدة رواية تاريخ التاريخ
        جغرافيا علوم العلوم رياضيات فيزياء كيمياء اقتصاد سياسة ثقافة فن دين إسلام الإسلام قرآن القرآن الكريم سورة
        حديث مسجد الله محمد أحمد علي حسن حسين عبد الرحمن إبراهيم يوسف عمر خالد فاطمة عائشة مريم سعيد صالح بيت البيت
        مدينة المدينة قرية شارع طريق بلد دولة الدولة حكومة وزارة وزير رئيس ملك مملكة المملكة المتحدة جمهورية
        الجمهورية الولايات العالم أرض الأرض سماء بحر البحر نهر جبل جزيرة جزر شجرة زهرة ماء نار هواء شمس قمر مطر أب
        أم أخ أخت ابن بنت ولد أولاد أطفال عائلة زوج زوجة رجل رجال امرأة نساء ناس الناس صديق أصدقاء حب الحب قلب حياة
        الحياة موت عمل العمل شركة شركات مال بنك سوق سعر بيع شراء كبير صغير طويل قصير جميل سيء أول ثاني ثالث واحد
        اثنان ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة مائة ألف مليون أبيض أسود أحمر أخضر أزرق أصفر عرس زفاف عيد
        ميلاد رحلة سفر إجازة صيف شتاء ربيع خريف برنامج برامج حاسوب كمبيوتر هاتف إنترنت شبكة مشروع خطة نتائج
        الشمالية الجنوبية الشرقية الغربية الوسطى أمريكا أفريقيا آسيا أوروبا أستراليا مصر سوريا العراق المغرب تونس
        الجزائر ليبيا لبنان الأردن السعودية فلسطين اليمن السودان قطر تركيا روسيا ألمانيا فرنسا إيطاليا غينيا
        القديمة آخر آلة مؤتمر مسؤول شيء قراءة بيئة هيئة""",
    "fa": """و در به از که این آن را با است برای تا یک هم یا من تو او ما شما آنها هر همه نیست بود شد شده کرد کردن
        می شود خود دیگر بعد پیش روی زیر بین روز روزها شب ماه سال هفته ساعت صبح عصر امروز دیروز فردا شنبه یکشنبه
        دوشنبه چهارشنبه پنجشنبه جمعه فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند ژانویه
        فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر کتاب کتابها کتابخانه کلمه واژه زبان فارسی
        انگلیسی فرانسوی آلمانی عربی ترکی روسی چینی ژاپنی ایتالیایی اسپانیایی پرتغالی یونانی ایران ایرانی تهران
        اصفهان شیراز تبریز مشهد کرج قم مدرسه دانشگاه دانشجو دانش آموز معلم استاد دکتر درس جزوه امتحان سوال پاسخ
        پروژه پایان نامه گزارش سند پرونده پوشه جدید قدیمی فهرست جدول حساب فاکتور قرارداد درخواست گواهی عکس عکسها
        تصویر فیلم آهنگ ترانه موسیقی داستان قصه شعر رمان تاریخ جغرافیا علوم ریاضی فیزیک شیمی اقتصاد سیاست فرهنگ هنر
        دین اسلام قرآن خدا محمد علی حسین حسن رضا احمدی زهرا فاطمه مریم سارا امیر خانه شهر روستا خیابان راه کشور
        دولت وزارت رئیس جمهوری پادشاهی متحد متحده ایالات جهان زمین آسمان دریا رود کوه جزیره جزایر درخت گل آب آتش
        باد خورشید باران برف پدر مادر برادر خواهر پسر دختر بچه کودک خانواده زن مرد مردم دوست دوستان عشق دل زندگی
        مرگ کار شرکت پول بانک بازار قیمت خرید فروش بزرگ کوچک بلند کوتاه زیبا خوب بد اول دوم سوم دو سه چهار پنج شش
        هفت هشت نه ده بیست صد هزار میلیون سفید سیاه سرخ سبز آبی زرد عروسی تولد سفر تعطیلات تابستان زمستان بهار
        پاییز برنامه رایانه کامپیوتر تلفن اینترنت گوگل چاپ چند چرا چگونه ژرف مژده گروه گرفتن شمالی جنوبی شرقی غربی
        مرکزی آمریکا آفریقا آسیا اروپا استرالیا گینه پاکستان چین لهستان سنگاپور گرجستان باستان""",
    "ur": """اور میں کے کی کا سے کو نے پر ہے ہیں تھا تھی تھے یہ وہ کہ جو بھی نہیں ہو ہوا ہوئی گیا گئی کر کرنے لیے
        تک ساتھ بعد پہلے اب جب کیا کیوں کیسے کہاں ہم آپ تم مجھے ان اس اپنے ایک دو تین چار پانچ چھ سات آٹھ نو دس سو
        ہزار لاکھ دن رات صبح شام مہینہ سال ہفتہ آج کل پیر منگل بدھ جمعرات جمعہ اتوار جنوری فروری مارچ اپریل مئی جون
        جولائی اگست ستمبر اکتوبر نومبر دسمبر کتاب کتابیں لفظ زبان اردو انگریزی عربی فارسی ہندی پنجابی سندھی پشتو
        بلوچی پاکستان پاکستانی لاہور کراچی اسلام آباد پشاور کوئٹہ ملتان بھارت دہلی اسکول کالج یونیورسٹی استاد طالب
        علم سبق امتحان سوال جواب رپورٹ خط دستاویز فائل نیا نئی پرانا فہرست حساب معاہدہ درخواست تصویر تصاویر فلم
        گانا گانے موسیقی کہانی کہانیاں شعر شاعری غزل نظم ناول تاریخ جغرافیہ سائنس ریاضی معیشت سیاست ثقافت مذہب قرآن
        حدیث نماز مسجد اللہ محمد علی احمد حسین خان فاطمہ عائشہ گھر شہر گاؤں سڑک راستہ ملک حکومت وزیر صدر جمہوریہ
        سلطنت متحدہ ریاستیں دنیا زمین آسمان سمندر دریا پہاڑ جزیرہ جزائر درخت پھول پانی آگ سورج چاند بارش باپ ماں
        بھائی بہن بیٹا بیٹی بچہ بچے خاندان عورت مرد لوگ دوست محبت دل زندگی موت کام کمپنی پیسہ بینک بازار قیمت بڑا
        بڑی چھوٹا لمبا خوبصورت اچھا اچھی برا شادی سالگرہ سفر چھٹی گرمی سردی بہار خزاں پروگرام کمپیوٹر ٹیلی فون
        انٹرنیٹ ڈاکٹر لڑکا لڑکی ٹھیک ڈھاکہ گاڑی جھیل غذا ژوب شمالی جنوبی مشرقی مغربی وسطی امریکہ افریقہ ایشیا یورپ
        آسٹریلیا روسی چینی جاپانی فرانسیسی جرمن ہسپانوی اطالوی یونانی ترکی قدیم""",
    "yi": """און איז אין די דער דאָס אַ אַן ניט נישט פֿון מיט פֿאַר צו אויף בײַ נאָך וואָס ווער וווּ ווי ווען איך
        דו ער זי מיר איר זיי זײַן האָבן האָט געווען ווערן קענען וועלן מוזן טאָג טעג נאַכט וואָך חודש יאָר יאָרן
        הײַנט נעכטן מאָרגן זונטיק מאָנטיק דינסטיק מיטוואך דאָנערשטיק פֿרײַטיק שבת יאַנואַר פֿעברואַר מערץ אַפּריל
        מיי יוני יולי אויגוסט סעפּטעמבער אקטאבער נאוועמבער דעצעמבער ייִדיש ייִדישע ייִד ייִדן לשון שפּראַך שפּראַכן
        העברעיִש ענגליש דײַטש פֿראַנצויזיש רוסיש פּויליש אוקראַיניש שפּאַניש איטאַליעניש גריכיש טערקיש כינעזיש
        יאַפּאַניש בוך ביכער וואָרט ווערטער ווערטערבוך שול שולע לערער תּלמיד לידער ליד מוזיק בילד בילדער בריוו
        צײַטונג מעשׂה געשיכטע טאַטע מאַמע ברודער שוועסטער קינד קינדער מענטש מענטשן מאַן פֿרוי פֿרויען הויז שטאָט
        שטעטל דאָרף גאַס לאַנד לענדער וועלט ים טײַך באַרג אינדזל אינדזלען בוים בלום וואַסער פֿײַער הימל זון לבנה
        רעגן שניי ליבע האַרץ לעבן טויט אַרבעט געלט גרויס קליין נײַ אַלט גוט שלעכט לאַנג קורץ שיין איינס צוויי דרײַ
        פֿיר פֿינף זעקס זיבן אַכט נײַן צען הונדערט טויזנט ווײַס שוואַרץ רויט גרין בלוי פּאַריז לאָנדאָן וואַרשע
        ווילנע ניו יאָרק ישׂראל אַמעריקע אייראָפּע אַזיע אַפֿריקע דײַטשלאַנד פּוילן רוסלאַנד פֿראַנקרײַך איטאַליע
        שפּאַניע אוקראַיִנע ליטע רומעניע אונגערן פֿאַראייניקטע שטאַטן צפֿון דרום מזרח מערבֿ""",
    "hy": """և եւ է են եմ ես չէ մի այս այդ այն որ թե ինչ ով ինչպես երբ որտեղ համար հետ մասին մեջ վրա տակ առաջ հետո
        նաև միայն շատ քիչ ամեն բոլոր դու նա մենք դուք նրանք իմ քո մեր ձեր նրա օր օրեր օրը գիշեր առավոտ երեկո այսօր
        երեկ վաղը շաբաթ կիրակի երկուշաբթի երեքշաբթի չորեքշաբթի հինգշաբթի ուրբաթ ամիս տարի տարիներ հունվար փետրվար
        մարտ ապրիլ մայիս հունիս հուլիս օգոստոս սեպտեմբեր հոկտեմբեր նոյեմբեր դեկտեմբեր գիրք գրքեր գրադարան բառ
        բառարան լեզու հայերեն հայոց հայ Հայաստան Երևան Գյումրի Վանաձոր Արցախ Արարատ Սևան ռուսերեն անգլերեն
        ֆրանսերեն գերմաներեն իսպաներեն իտալերեն պարսկերեն արաբերեն թուրքերեն չինարեն ճապոներեն հունարեն լատիներեն
        դպրոց համալսարան ուսուցիչ աշակերտ ուսանող դաս դասեր քննություն հարց հարցեր պատասխան պատասխաններ
        հաշվետվություն նամակ նամակներ փաստաթուղթ ֆայլ թղթապանակ նոր հին ցանկ աղյուսակ հաշիվ պայմանագիր դիմում նկար
        նկարներ լուսանկար ֆիլմ երգ երգեր երաժշտություն պատմություն հեքիաթ բանաստեղծություն վեպ աշխարհագրություն
        գիտություն մաթեմատիկա ֆիզիկա քիմիա տնտեսություն քաղաքականություն մշակույթ արվեստ եկեղեցի Աստված Արամ Արմեն
        Տիգրան Հայկ Գևորգ Կարեն Անահիտ Մարիամ Աննա Նարեկ Պետրոսյան Հակոբյան Սարգսյան Գրիգորյան Հովհաննիսյան տուն
        քաղաք գյուղ փողոց ճանապարհ երկիր պետություն կառավարություն նախագահ հանրապետություն թագավորություն միացյալ
        նահանգներ միավորված աշխարհ հող երկինք ծով գետ լիճ լեռ սար կղզի կղզիներ ծառ ծաղիկ ջուր կրակ քամի արև լուսին
        աստղ անձրև ձյուն հայր մայր եղբայր քույր որդի դուստր տղա աղջիկ երեխա երեխաներ ընտանիք կին կանայք տղամարդ
        մարդ մարդիկ ընկեր ընկերներ սեր սիրտ կյանք մահ աշխատանք ընկերություն փող դրամ բանկ շուկա գին գնել մեծ փոքր
        երկար կարճ գեղեցիկ լավ վատ առաջին երկրորդ երրորդ մեկ երկու երեք չորս հինգ վեց յոթ ութ ինը տասը քսան հարյուր
        հազար միլիոն սպիտակ սև կարմիր կանաչ կապույտ դեղին հարսանիք ծնունդ տոն ճամփորդություն արձակուրդ ամառ ձմեռ
        գարուն աշուն ծրագիր համակարգիչ հեռախոս ինտերնետ կայք նախագիծ արդյունք հյուսիսային հարավային արևելյան
        արևմտյան կենտրոնական Ամերիկա Աֆրիկա Ասիա Եվրոպա Ավստրալիա Ռուսաստան Վրաստան Գերմանիա Ֆրանսիա Իտալիա Գվինեա
        Օվկիանիա ժամ ժամանակ ժողովուրդ խոսք խաղ խնձոր ղեկավար ճիշտ ձեռք ձայն շուն պապ պարտեզ ջան ռադիո ցուրտ փոստ
        քար""",
    "ka": """და არის არ რომ ეს ის იმ ამ მე შენ ჩვენ თქვენ ისინი მისი ჩემი რა ვინ როგორ როდის სად რატომ მაგრამ ან თუ
        უკვე კიდევ ძალიან ბევრი ცოტა ყველა ყოველი მხოლოდ შემდეგ წინ უკან ზე ქვეშ შორის დღე დღეს დღეები ღამე დილა
        საღამო გუშინ ხვალ კვირა ორშაბათი სამშაბათი ოთხშაბათი ხუთშაბათი პარასკევი შაბათი თვე წელი წლები იანვარი
        თებერვალი მარტი აპრილი მაისი ივნისი ივლისი აგვისტო სექტემბერი ოქტომბერი ნოემბერი დეკემბერი წიგნი წიგნები
        ბიბლიოთეკა სიტყვა სიტყვები ლექსიკონი ენა ენები ქართული საქართველო თბილისი ქუთაისი ბათუმი რუსთავი გორი
        აფხაზეთი რუსული ინგლისური ფრანგული გერმანული ესპანური იტალიური თურქული არაბული ჩინური იაპონური ბერძნული
        ლათინური სომხური სკოლა უნივერსიტეტი მასწავლებელი მოსწავლე სტუდენტი გაკვეთილი გამოცდა კითხვა კითხვები პასუხი
        პასუხები დავალება ანგარიში წერილი წერილები დოკუმენტი დოკუმენტები ფაილი საქაღალდე ახალი ძველი სია ცხრილი
        ხელშეკრულება განცხადება სურათი სურათები ფოტო ფოტოები ფილმი სიმღერა სიმღერები მუსიკა ისტორია მოთხრობა
        ზღაპარი ლექსი რომანი გეოგრაფია მეცნიერება მათემატიკა ფიზიკა ქიმია ეკონომიკა პოლიტიკა კულტურა ხელოვნება
        ეკლესია ღმერთი გიორგი დავით ნინო თამარ ლაშა ირაკლი მარიამ ანა ლევან ზურაბ ჯანაშია მამარდაშვილი ბერიძე
        კაპანაძე გელაშვილი სახლი ქალაქი სოფელი ქუჩა გზა ქვეყანა სახელმწიფო მთავრობა პრეზიდენტი რესპუბლიკა სამეფო
        გაერთიანებული შტატები მსოფლიო მიწა დედამიწა ცა ზღვა მდინარე ტბა მთა კუნძული კუნძულები ხე ყვავილი წყალი
        ცეცხლი ქარი მზე მთვარე ვარსკვლავი წვიმა თოვლი მამა დედა ძმა შვილი ბიჭი გოგო ბავშვი ბავშვები ოჯახი ქალი კაცი
        ადამიანი ხალხი მეგობარი მეგობრები სიყვარული გული ცხოვრება სიკვდილი სამუშაო კომპანია ფული ბანკი ბაზარი ფასი
        დიდი პატარა გრძელი მოკლე ლამაზი კარგი ცუდი პირველი მეორე მესამე ერთი ორი სამი ოთხი ხუთი ექვსი შვიდი რვა
        ცხრა ათი ოცი ასი ათასი მილიონი თეთრი შავი წითელი მწვანე ლურჯი ყვითელი ქორწილი დაბადების დღესასწაული
        მოგზაურობა შვებულება ზაფხული ზამთარი გაზაფხული შემოდგომა პროგრამა კომპიუტერი ტელეფონი ინტერნეტი პროექტი
        გეგმა შედეგი ჩრდილოეთი სამხრეთი აღმოსავლეთი დასავლეთი ცენტრალური ამერიკა აფრიკა აზია ევროპა ავსტრალია
        რუსეთი გერმანია საფრანგეთი იტალია გვინეა ჟურნალი ჯგუფი ჭადრაკი ჰაერი პური ღვინო ყველი ფრინველი ძაღლი კატა
        ცხენი ურუგვაი უკრაინა უნგრეთი ლუქსემბურგი ტაივანი ტაჯიკეთი ჰავაი კუბა ანგოლა უგანდა ნიგერია ჯიბუტი ტანზანია
        ურდუ""",
}
