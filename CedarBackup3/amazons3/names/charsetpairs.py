"""How often letters follow each other in a language: data only, made by `python -m util.letterpairs`."""

from __future__ import annotations

# The pairs of letters met twice or thrice in a thousand words, those met four to seven times ...; a blank is
# where a word begins or ends.
PAIRS = {
    "de": (
        " j qa ahaxbjbtbycacecldmdäeaezeäfngggmhkhuhüiaihikixkikzkümtmüncnrobofogospiplshsvtgthtnubuiußvawux xexi"
        "xtymynytz zazizwzäzößißlßtädäfäßönü üeümüp",
        " c öacadb bhbobrcodoecedeeepexf fafgfrfsfägbgkgngähsi idifivjek klknkskukölbldlglnlolwmbmomunbnhnlnonwo "
        "ocokopotoßp peptqurlrprvsdsfsysztftltotwtyu uaupviwowöwüy ypzlß äcäsäuöcöhöpötün",
        " o äagakambablbudrduekeueweßfffiflfoftfugagigsguhahihnhöibilkakgkolalumamimpmämönanfnknunvnznänönüodompf"
        "porbrcrfrhrkrmrnrorwrzsasgsospsuswsätstttüucueugulutwawiztägälöfögörößüfürüt",
        " h i k n r tabasbid diebefegehemglgrgtgüh hthäimiokektl lslälölüm mmninnnsolparardrgrirurösitatrtutäufum"
        "urvowewäßeähärätösücügühülüs",
        " b d f g l m p u v w z üalanaratauckdaesetfefühehricieisitlellltmeneonorprrsrträrüs sstzusvezezuänüb",
        " a e sbedeeielg hliginlindngntr rescsesttiun",
        "che get te",
        "enern ",
    ),
    "fr": (
        " j z êajaqaxbjcccècôefepevfrfsfuglgèhmhèixjelslym mèmênrnçnêogoyp pspôrurêrôsqtâtêuauguêvrxixpymynypyéà "
        "âcçaègèlèqéiééêmînîtôlôn",
        " qa adavaîbabobrbuc eaegeqezf fafeflg grhihoipièjoltlumungnqnvobosphpiptpurcrdrvrèscsytytèuxxextysz èmès"
        "ètéaébéqôt",
        " b habafamapbiclcéd dadodrdufégagigugéhéi ibidiélèmbmmmonanfnuo ocodolotrgrmrnthtstuuculumunusuvuévivox "
        "xéèrédégénévêt",
        " f g n o u vagaiasblcacicrcueceletexfffogegnhaheiaicigimiqirivl lalllolémimpménennnooioppeplpopppérorrrs"
        "rtsasospstsutottu uiupvavééfélémépét",
        " e l m t éacalanaraucechcoctdediemeufiieifilisitlimamencndninsnéomoroupaprqurarisesisssétatrtéueutveérés",
        " a c d i p r satdéeneresiniolen ntr rét teuré écée",
        "onres ti",
        "e ",
    ),
    "es": (
        " j í óaqazaíbjbmbtbybóbúckdmdrdéeuezeíf flfíg glgmgnh i ijiéjalcldlglslvlxlálúmmmínlnºnéoqptpípópúrbrnrq"
        "rvréshsqtmtstíu uduguíxeytyúz zóº áuéxí ígíoíxógómórósúaúbúm",
        " q á é úafajapaybrbud díebejeqfrfugúhehijolómnmumémómúnunánópipárcrgrpsísótéupuévíx xcxty ácáfágámárásáx"
        "é énétícídífímísítólúlús",
        " g hagauavañbabebochclcrcícódueaedefeoepeveñfafefogagegigogrhaibigipivjellltlulínfngnvnúobogpcpurdrsrurí"
        "rót tutátóuaubucuiumurvevivováxixpá ánátérésínñañoódún",
        " b n o u vabamatbiblcccectcuegelemetexguiaieifilimioirisizmbmemompmáncndnonsocodolomopotpaplprqurmrrrtrá"
        "sascsospsuueulunusutvazaálíaó ",
        " f i l m r tadalanasdadiecfiiditl lalelilomaminanenionospeporirosesisttotr",
        " a c d e p sacarcacodedoe eneresicinntorr raretateti",
        "a ciión o s ón",
    ),
    "it": (
        " zadafaibbbrbucldrdueeeiepflglhaiàiòiùldlglmmunfnknnnvobouoèp plpzrysìu uduzuòvrvuvvze",
        " hapbabeblbockcud dìeaebefevezfafefffofug gaghgngogrh ipk mmnùofogoipir rcrdrgrmrnrurvròshumuoy è ",
        " b g qabagamasauavcccrdadoecedemgeggguhihéiaidifigiriuivizl ltlumbn ncngnsnunzodotovpppuqurrrsrttuuaueui"
        "ulupurvavozazzé ì ò ù ",
        " f n o t uacanazceegeletfigiheibieislalelllomamimompnandninoocolomopospapeprsascsospsut trttunusutvevi",
        " d e i l m p r valaratbicachcicodediesi iciliminiomentorporaroràsesisssttatizi",
        " a c sa eneritlineonreritetotà",
        "e o à ",
    ),
    "pt": (
        " w éaoaíbjbsbtbybébíckcíd drdádíejeueúfrfufíháieiqiãjejuják lllélêlómúnknlnánãnénênóoip ptpupõrcrnrârérí"
        "shsqsásótmtêubufuguávéwixãy ytz zeziácáfáqásátáuáxâné êmílírísító ógópósótóxúdúmús",
        " j q á í úagauazbabeblbobócçcêcódudêeaedeoeqevg gohui ipixiájalímumémón ngnunvnânúogouovpipápçrdrqrvrãrç"
        "rósõtãtétíu udupuêuívíxexoxpxtágávâmérésétê ífígímódólúlún",
        " g habacaiapavbibrbuchclcrctepfafegagegigngrhahehoibivlhltlumbmámínfnhnçníobodolopotplrgrrrsrtrurêscsít "
        "tátóueuiunuçvavováxiá álçoémênêsícídínór",
        " b o uamcecuefegeietexeçfoguidifigiliriziçlemimonancndneninonsocqurmrásasisospsssusãtuuaulumurusutvizaár"
        "çaçõív",
        " f i l m n r t vadanasatcidadediecelemfiiaimioisitl lalilom mamempomonpapepoprrosesttatitotrveõe",
        " a c d e p salaraçcacodoe enericinntorosr rareriteçã",
        "a ess ão",
        "o ",
    ),
    "nl": (
        " éahaiasaxaïb bbbjbubydteaeheoewfbfdfffrfsftgagngogtilioipirj jfjnjvkakbklkrkulflklpmbmsmtnhnknlokpdrlrm"
        "rpshsnsutbtgtntyubugukulvlvów xeymypytènégésééëfïdóróó",
        "a abadafagapaubabociclcrdrdsduefeiepexezgdgrgsguh hohrhuiaidifimivjdjkjzkkksktlglolsltlumimmmompnbncnfnn"
        "nonuo ocodofogomosotplpopprbrcrkrnrwsosssytttutvtwu udumunurusuwvivéwoxpxtzoé énë ëxïm",
        " f r u zacambibrcacecoctdadoebecedemeuf fifogihahihticikisk kolaldllm nvolooouovp pepiprptrgrtrurvsislsp"
        "trtsutvawewizeziëiël",
        " c d e h i k l m n p wakegeketeveëeïheijitl limamenaneninsoporpararorsscsetouivowaënërïn",
        " a b g o s t vaaalanaratbechd dieeelesg ieigiëkelengntoeonr rdreris sttative",
        "dee geinndt te",
        "enern ",
    ),
    "sv": (
        "acbjblbrbubybåcpdudädåfjfåghglhjhui ibicifihixjsjukllblglhlrmlmsmvncnlnöofpkplpsptrysfshsnsvsåtftgtjtltp"
        "udueukuvvgvnxixlynypysäcädäväxöp",
        " c japauaxboböcedddsdvf faffftgdgogsgugägöh hihohäiaieikimj jejlkikukvlklnlplymbmfmomtmämåmönfnynåo oboc"
        "osovpipupårbrfrgrhrjrkrlrmrrsospsutctvtytåusvåx xty ycymytäfäkådögöjölömön",
        " åabagavbabichdidndoecedefegehekemexfeflfofrfufägggigngtgåhahåhöitjaknkrköldljlolslulömimpnknnnonunäodog"
        "okolopotp pepoprrnrorurvrårösisssysötntotutöu ulumunupurv vivsäså ågålånåråsödös",
        " e g p r u ä öakalamasbeckdresfigrheidioisivjäk kekoktkäliltlåm mamemmmnnenvomonpapprdrirsrtsaslsätrtstä"
        "vaägämätåtököv",
        " b d h i k l m n o vadatd daelfög gageigilkal lalelänaninsntorreräseskttutveälär",
        " a f tanardee enetinlln ndngras sttatetiväänör",
        " sa err t ",
    ),
    "da": (
        " ébubybåbøcictdgdneieoepfafhfrfsfåfæggghhuipitiéjdjojrjsjæknkælhlylémdmomtncnlnvocoeotpipnptpurysjsvtdtf"
        "tgtjtltntstytæufurvovsvåvéydyeypyrysåbåkåpåtåvæcædæføp",
        " c åabafapasaubabibnbocedddfdodædøeaehejevfffjflftfugagdgjgugægøhahehjhohvhæi iaieifimioirj jlkiklljlplt"
        "lulvmbmlmpmønfnjnunyo odosp papfplpopspåpørbrfrgrlrvrésasosssusåtutéu ueupusuvy ykymytåeækævødømøs",
        " æ øa adagakamavb bldldudvefegfegiglgngrgsgtgygåhåidikkakjkskukølflolåmimrmåmænanknonånæogokolovperarmrn"
        "rorrrårøsnspsysøtotåugukulumv vnylådålånåsæløbølønøtøvøy",
        " e g ralatbebrd dadrdsdtedekemfifohøisivjejøk kkkokrktlaldlilllslæløm mammninnnsnøonopppprrdrkrsruræsisl"
        "sætrtøudunutvavivæå åræsætérøgøjøk",
        " a b d h i k l m n o p t u vanardiesføgeigilkel lgmenentomorrirts sktatittænær",
        " f sdeeletg inlen ndngsestteveør",
        "e enerr ret ",
    ),
    "fi": (
        " c wabacadaeajbuchcoctdyeaecefegeäf fifofug glgmgnh hiigk l lpm msmyngnhnjovp psrmtrudujupvywiölömöoöäöö",
        " u äapd däehepeueveyguhahmhuhyhäihipiöjiköljlvmmmompnynöokpepyrgrrrsrtrysmsptkuaurvuydyiyjypyryvyääoökös",
        " b d f iamaubibodaeiejhjhkiaidijjaktlklmltlylömbnandnonsnuoaojomoporpapopurarerhrorvsosuueuiulumuvveymyn"
        "yyäeähäjäkämäpö ötöy",
        " h r yaiakarasatavdediedekemhdhehtikilioiviäjejokakkkskukylalolumamunkodoholoopipprjrkräsytstöu ukunuous"
        "utuuvoy yhykylysyöävön",
        " a e j n o paaalandoeeeresieiiimirjäkekikolelämemininnntnäo oionosotpäs sasesksst tyvavivääiälänäräsätäy",
        " l m s t ve eleti iniskälillmänerisistsätatitotuytää",
        " ka enittetttää ",
        "n ",
    ),
    "is": (
        " c æ öadahb chckcodgdodýebeeepexfkfágdgmgægúh hóidioixkylblglrmsmvnbnfnhnknrnvnænóocomonpephpjpoprrmrírö"
        "rúrýsbspsésísýtbtgtjtktyufuhv vöwixbxtydymyðáfáðæmélímísíóðnðvó ólónópórótóþöfönösúkúlúmúrýmýnýpýrýsþaþj"
        "þú",
        " á úavbjblbobubybæbíbúdldrdádífgfnfrfsfufyfæfögjgáhihjhnháifigihipjujúkólflklmlplvlælílómdmtmumánenmnúof"
        "osp piplpnrfrhrjrlrvrésjsmsrsusvtfthtntstvtítöukupuðvovíylágáiámánátæjænæðétí íððfðgðlðmðrókómósóvöpöröð"
        "ú úaúnútýt",
        " i j pabakamapbabedddedsekelemeðf fefjflfoftggglgngsgtgöhrhvhæimjójök kekjklknkoksktljlolsltlálýmbmmmönl"
        "nontokopotpaptpurgrnrrruræslsnsstátætóudugulusvæykyrá áaákárásægækæræsætílðsógóðögþe",
        " d k n o r u ó þafagasataubibrd duefegesetfafig gegrguhahehlikisjákikkkrkulymameminsnuorpprkrsrtrðsasesi"
        "tetrttutvaveyfytálðaðiðuöl",
        " a e f t valanaðdadienereygagiirjakal laldlelilllum mynangnirarerirás sktituu umunurviyn",
        " b g h l m sareii ilitiðn ndnnstt tað ",
        "a inr ",
    ),
    "pl": (
        " vaibóbęckdmdwdódźdżebeoeźf fefffuheiiiłińiżjmjnjtjękęldlllpmnmpnknsnępypópłrirnrwręshtłuaubueufulvewrwu"
        "wzwówęylynzczdzkócótółóżągąpąćękęzęśłełkłnńsśnśrź źć",
        " e h źabapauańaśb beblbuc cocudcdpefełeńgógłhahihoigiliuizkcknkskłl mbncnfnuotońp pcpeplpnrcrdrgrmrusasc"
        "sisjsosótntąupuruwułwdwkwpwswąygykyrzbzuzązęzłóbódądątązętźrż żażdżkżlżą",
        " f g ł ś żagajamażbabibobrbsbybłcacyd drdudyecedepeweześfifog gagigngrguicitiąićjajijąjśklkrkukólnlumamu"
        "myn ndnnnąocogozołożpur rsrtrys sespsysłtktltwtęucugujumutwowłybyfyjypysywyćyłzmzwórę ęcępł łyłółęń ńcśw"
        "śćżn",
        " a c i j l m racadakalarasatazaćałcecjdadedndzdłegejekelemeseteżgoh idinioiwięj jek kiktlalelom memonont"
        "obokolomoposośpapirósksuszt tetotrtutóunusużwnycymytyśz ziznzoą ącędłałołułąślżeży",
        " b d k n o t uawchdoeriaikiskakoliminenyo odonorprrarerorztatyw wawewyzazezyówć śc",
        " s w zanciczeni naowpostu wiy ",
        " pa e ieni",
    ),
    "cs": (
        " gaubebibjcaclctdddgdsdvděeoečešfrftfuglgrhnhrhéiaibieijiričišj jskvkókýkůldltlylzlémbmkmrmtmymýngogowoš"
        "pcpkptrcrdrprsrérýrčscsnsítltétůuauzušvcvdvkvšvůx xeymyszhzszyzůéhélídíhívíšúlúrýbýrčičnčůěděhělěrětězěř"
        "ň ř řařkš šiůžža",
        " e w ú šaxařažblbsbáběc didkdldédíefevežg geguhahihlifilipizjajijmjnjíkckdknkrlblhlllnmpmumémímůncndnfnk"
        "nnnsnčněocohojočořpspurgrnrtryrzrůshsismsátktítětřubuhukulunvlvrvsvuvévíwixixtytyžzkzmzpzuzvámápárásářém"
        "énílímínítířódýcýsč čačkčtčáě řáštž ždžkžnžáží",
        " f l ř žabahajapačbnbobrbucickcocíd dpdudydáebecejexfifognh hehuhyidigikimivjtkeklktkykákélklulálímimomá"
        "měninunynéomopožp papepnpírirmrurvspsusytvtyudumurusutv vivnvěybylypz zdzizázíádálátícíkíččířišešíže",
        " h i j r u čacadakamanarasavazbabydadedndodredekelemepetezhoicinisitk kul lim mamen ntnýobokolonosotozpi"
        "plr rerás saseskslsotitntrujupužvavovyvávýzazeznzoá ávázé ísčeěnřeříů ži",
        " a b c d k m o talatcecheneresi jekakolalelonenonáodorouprpřratatetotuveáný ",
        " n s v za e nanío ovporostt u y í ",
        " p",
    ),
    "sk": (
        " g wauaňažbjbábúclctdzeeegečeňfsgegggiglgrhihrhýibifiiioišjdkdkikvkékúkýlkltlélómnmpmsmäménnnčnšofošpkpt"
        "rdrsrérýrčscsgshsntmtttítútýtĺueuguvvpvrvzvšwiwwxiykynyryžzhzkzsápásätédérílímípíríšúlúsýcýrčoĺpľ ľoň ňu"
        "š šiškž žažd",
        " ú žabaiaxb biblbnbsc cackdddldpdsdudvdydádĺecefehejeoezeťežfaftfug gnguhahlhthuhíigiliuiíičjajojtkeknkr"
        "kókľlllnlálímymôncndnfnknúogohočoľperbrcrgrkrtrvryrúsismsásísúsťtktltptytátéudukunutvkvsvuvávéx xtyhysyt"
        "zczlzmzuzvzyzíájámánémícítódôžú úbúdúrútúčýbýsč čkĺžľbľkľúšešíťažeží",
        " e j l šacahajapbebubycod dkelemepexeľfifoh hehyicidikimipj kcklkálulymambmimumán nunyníocojopozožp papi"
        "pnpupírmrnrurzríslsosutvulumurusvivnybymypz zdzezizáácálárátéhíkísívčačečíľaštžkžn",
        " b c f h i r u čakalamasavačaťbabobrcechdadidndodrebedekethoinisitiťk ktkukyl lelim montnéobokomonosotou"
        "plr rás saseskspsytitntrtuujupužv vovyvýzazná ávázé í čiži",
        " a d k m o tadanaratazcideeresi iajekakolalomeneninonánýodolorrarerirot tatetovavezoý ť ",
        " n s v zenienao ovpoprstu y ",
        " pa e ",
    ),
    "hu": (
        " w ö üaaavaxbrbychctcídjdndpdsdudíepfffufügfgrgtgvgágőh háicieifipirixiáiíj jojzjákkkskólflrlzlömtmömúmű"
        "nfnsnőocouovowpipppárkryrírósksmspsrsútjtmtntptstútűu ufugupvuvívőwixiyhypyáyéyíyőzbzdzhzlzrzszuzvzzzüác"
        "édéhémímínípízójósótöbömösúgúlúsútügükődőrőzűz",
        " í úacaubobuc cacecickcodldvdádédőebecefejfrftgggigjglgngugéiaiviziójdjtkülblclglklnlulümbmuméngnlnunío "
        "obodofopprpupírbrcrdrhrjrlrnrsrvrzrérőshsuthtltytőurv vivovtx xtyiysytyvyzyűzkzízózöábágávázévílívókölön"
        "ötú újőlű űk",
        " g j u á éabaiajbbbiblbádidoedehevexeáfifágagohiibidimitkoktkuldlhljlolslvlílólőmomónknnnonéogpapcpepopé"
        "rgrirmrrrárüstsásésísőtktrtvtítöunusutvéyayozazozézőámátégékélénépétíródörövöz",
        " c d i o p radagamapazb bad dadeemfefog gehehoigilisjajejlkikékölilmlylálém mimánancndnináomonotozp r ro"
        "sesisstitutóulumvaveváy yez zeziznztzáájánárérülő ",
        " b f h l n vakalanarasbecsekesezgyhai ikinkakel lallltmanentnyokolorosrarertsasotatotttátéálésító ",
        " a e k m s ta ate egeleneretk lemen s szteás",
        "t ",
    ),
    "ro": (
        " h j w z ţavaxb bţeeeoeuflftfâfăghgngoixj jajejuk ldllnzogoipârdrşrţshsmsoubuduăuţwawixăy zuârîmţa",
        "agaibebăcccldrebedefeţfag gaigm nrnvouozpsrhrvsftâuausvox xexixpxtzeziâmâtăsăuăşăţşeşuţeţă",
        " b şabadafajamauaşbablbobuc câdodudăegeievezfefugegigrgugăibioipiţltmnmomunfngnsnţo obodopotp pipăpţrcrg"
        "rnrss sasăucugupvivăânătşa",
        " g o ranapasbichcicrcucăcţd daemepetexeşfohehiiaidifiiirisivizişlalămbmimpmăn nandnonunăoaocolomospapepl"
        "poptpurmrortrăscspsutou uiumvavezaşt",
        " e f l m n t u v îacalazaţcacecoctdedielenesfiicieilimitiulelolumamencnenintonorprr rarusesisttatitrtuur"
        "utzăînărşi",
        " a c d i p sa arateaeceri inl lirit tetăulunţi",
        "e reă ",
    ),
    "hr": (
        " h w ćagaubjbnbucoctdgdlecefegfrftfuglgohohtidifićiđižjijkjojsjvkckôkȏllltmnmpnfngnkpćrdrhrjrtrvshsotstȏ"
        "uzvkwiy zezrzuôdćnčjčlčvš švž ždȏdȏg",
        " c eaoasaćašbecudbdudvebeoeuežfifogagnhiigioipjtksktl lumbmrndocoćođp pcpepkplrgrmrnsesmtktnuguouruvv vl"
        "vnvuzbzlzmzoć ćuč čuđa",
        " f j šabacamađbablbobrcaced dedneperevezečg h ihilkrlemimjntožpapjpur rsrus sisnsusvtutvujukulumunuputuš"
        "užz zizvćađušn",
        " a b g l r čadalapazažbicididoelesetećeđešgricimirivišj k keklkulalom man nuobojokoloposotozošpiršržsask"
        "slspt trusućvivoznćećičačkčnđešašešiškštžažeži",
        " d k m t u v zajakaratavačdadredekemguijikinisitizičjajukikoliljmemoodogomonorovočrotetou učvevrzačeči",
        " i n o sanenkaneninjnoo poprrareristtativa",
        " pe i jena",
        "a ",
    ),
    "sl": (
        " j wb ctdjdldseceoeufofrgnhkhrhtigjmkslpltmsmuncnknuocrbrhrkrprčržsgshsutktmubudvtwiy zdzhzkčošlšvžjžl",
        " c e h žahašbnbuc cicodmdpdvebg giglgrhiidijipižjkjnjtjvknkrlklulčlžmbmnmrndnsojp pkplrdrgrjrurvs smsnso"
        "srtuugukunutužvhvkvzzbzezlzmzozrzčzščkšašn",
        " f gadažbabeblbobrbsced didrejeperesezguh hoihivj jojškikul lnmintnčokopozpepur rnrsrtršsasitntvujumusuš"
        "vpvsz zpzvč čjčlčrčužaže",
        " a b l t č šabalamaparasačbicadednegekelešežgagoimirisjijuk kelalem maobogomonotošožpaseskslspt tru upuč"
        "v vnvovrznšešiškštščžižn",
        " i k m r u zajakatavazdadoedemetevečicikilinitizičišjajeklliljmemon njodolorosovpirirotatitovavizačačn",
        " d n o s vanenkakoloneninoočpoprraresttevečeči",
        " pe i nao ",
        "a ",
    ),
    "tr": (
        " waubüchckdddlepexezfefrftg gagıicigioivkrkülnlsmcmdmgmomznfnknyobogowoşpkplpoprpsptpurfrşsksmsnsötftktp"
        "trubucudupuğv vcvuwix ydyfylytyözmçbçüögüvüyüğğağmşkşv",
        " c z üblböcoctcud drefevfifofıgrguh htidihloltmbmsmüngnonrnüo odopotoyoğpepipırkrnrçshtmtoukusuzvaviy yg"
        "yiynyryuyüzczdzgzlzuçoölösözülüsütğ ğrğuıcıdıfıtığşaşeşmşuşı",
        " f r u şabacahapaçbobucacecicıdudüecedeçeşf fagögühehiifipitiğkokskılglümlmuncnlnmntokomp rdrgrmrorsrtrü"
        "s sosusysütltüumutuyuşzazezizıç çaçiçıönörü ükümünürüzğeğlğıısıyızşi",
        " h l m n p v ç öasazağaşbedoeleyeğgegihaikimisiyiziçkakekiklktkuldlllmlumimınaninuonosparlrusesttutıunur"
        "veyeyız çeğiıkımışş şlşt",
        " e g i o tadakalamataybabidadidıekemesetilirişl lilım mendnenıolorrarerirısasisıt tatetiu ulyoılınır",
        " a b d k s ya anardee enerink laleman r yaı ",
        "i ",
    ),
    "ru": (
        " г ж хаюаяаёбебибкбнбцбщвввмвсвхг гегигндлдпебеееиейеоецешжаждзвзизыигипишйдкнкрлблклулымиммнкнуньняоиоц"
        "очояп плпырврррсрхсмужузуйунучущфухиц цацычашкыеыпырькьшяеянёт",
        " е лабагаеажасацачбабобрбубъбывквлвнврвугргуд дддидндрдуевегежезепещз здзнзуибивидийикилирифицичиюйлйтке"
        "клкскукцл лжлнлюлямвмымянснфоеонооошргржрмрнртрыс сасесксссусысьтктутыудукумупурфафифох хоцечичтшешиъеыв"
        "ылытыхьнэлэтю ючят",
        " а м у ф ч эадайакаламапарблв вигодоеделжежижнзмзоизииинк киктлам мамон нднннтогожозойосотпепипур рируси"
        "слспсятвтну уеусутщеьз",
        " б д з к р тавазанвавевовыдадеекемесзаиеимиситияколелилольнаныободокомопорпаросотатетитртсцичеы ый",
        " в и н о сате ерети й каменениноо оволпопррарестт тотьь я ",
        " па ен",
    ),
    "bg": (
        " х ц шагахбиблбубъвмвнвхгигнгодддмебегеиеоеуецечжизбзкзчигиоифицичишйскълълюмнмямѐнлнннснфощп пепкпсргрс"
        "рчршсосрсятктту увугулунущфихвхихрцацечвш шнщаъпъсъщючябякѐн",
        " л чабажасацачбвбобщв вкврвсвягаглгуд дндуезешжаждз зизмзтзхидииипищй йкйлйнйтк квкекиклкркскулзлолям ми"
        "няогожоконопояпцпървржрмртрурхръряс сасвсеслтнтъумупусфафохочншишкщоъвъдъкълъоътявям",
        " а г е м у файакаламапарбабебрвовъгрдодрдъежемепержездзнзозпивикилиминирктл лалелнмонднтозойоломосочпапи"
        "р сисксптвтрукцичачечищеъзянят",
        " б в д з к о р тавадазвевидедиедекелесетзвиеиситияколиман нообоводоротриросътиъря ",
        " и н санатвадаензаи изкаменанипопррарестт татето",
        " пе нео ",
        "а ",
    ),
    "uk": (
        " е л у шб бебибрвввдвжвпгагнгрдидлдпдьебецж жлжнжужізизсзуидифихишищиякекркщмлнснфнцнюоцошоїп пцрврсртрх"
        "ршсаснудулупурфіцюцяч чншищеьньоювютюєявямятєкіаібіжійімішія",
        " щ єагадажакасацбабобубівнвсгугідждкдрдуевегежезелепжиз звздзмзозпизинирицйтклкнксл лклулюлямвмкмун нкнь"
        "ніочоюргрмряс сескслсоспсятвтнукумунусутфофух хіцецьчачішешущоькьсючядякєтізікірітію",
        " а м ц ч я іабавайаламапарачаєблвквлвуд дадедндтдіедемесетжезнивикилипйлк кикткукцкілалелильлім мимомінд"
        "нинтнуободожозоконопосотпапипупір рурісисусіт тетутіуєфачечию є ілінісіїї ",
        " б д о р т фазатв вавевовігодое екийимиситй каломаменеоголпепррататотртьувціь і івід",
        " з к н са анвиенерзаконаннноняо овоморпорериросттиу ",
        " в пи я ",
    ),
    "el": (
        " ηαβαχβλβργχγωδηδρεοζηζοηγηδηθηψθαιχιωκ κδκκκρκωλμλυλωμννδνθνσνυξιξοξυοεοηοκοοοφπωρτσατμυγυλυχφιχηχωωγωδ"
        "ως",
        " θ ν ρ φαζαθαξβαβογγγκγμγνγοδαεαεδεθεμεξευεφεχζεηνητθεθμθυιγιζιηιθιλιπιριςκηκικυμφοβοθοχπηρμρυρωσκσοσφσω"
        "τωυθυμυςχαχιψηωμωρωτ",
        " β γ λ υαδαπαυαφγαγεγηγιδεδυεκελεπεςηκηρθηθοιδιειμινιτκλκτλιλλμιμμμπνενηνιντνωοδοποσοτπλργρηρχσεσισμσυτρ"
        "τυυρυσυτφηφοχεχοχρω ωνωσ",
        " δ ο τ χαγαιακαλαμαςασγρδιδοε εγερεσετημησιοκακεκολαλεληλομημονοογοιολομονορπαπεπιπρρετετιυνυπφα",
        " κ μ π σαναρατενηςι ιαικισμαμεν ναο οςουποραριροσησττατητου ",
        " α εα ειη ς ",
    ),
    "he": (
        "אגאהאחאטאםאנאשבהבמבנגאגנגשגתדעדשהבהגהההעוזוכופזיחשטהטלטןטעטפטריגיךיכיעכיכלכרכשלבלגלחלךלצלתםימזמטמךמכמןןי"
        "נ נאנבנכנלנןנרסלסנסססרסתעבעהעועטעמפאפגפלפשצאצגצהצרקאקהקלקצקתרגרחרךרקרששבתבתהתלתפ",
        " ו ז ט ם ן צאלאמאסאפאראתבחבלבעבץבצבקבשבתג גדגיגלדהדכדלדפדרהאהדהזהחהיהלהסהפהצהקהשהתוווחוםוסוקושז זהזמח חי"
        "חלחרט יאיביחיטיפיצכתלטלנלפלשמ מאמדמחמלמסמפמצמרנגנדנונטס סהסוסטסמספע עדעלערף פהפספעפקפתץ צבצוציקבקנקרקשרא"
        "רברדרהרטרכרמשגשלשמשנשרשתתחתכתר",
        " ג ד ח ס ע ק רא אוב בוברגוגרד דודיהוהמהרו ואובוגודויומוןחבחדטוטיידיהימיןיסיקירישך כוכנלאלולמלקמהמנמעמקמש"
        "מתנהנתסיעיפופיפרק קוקירתשותותמתק",
        " י כ נ פ ש תאיביולונורותי יויייליםינל להלימומין ר רוריש שיתי",
        " א ב ל מם ני",
        " הה ית",
        "ת ",
    ),
    "et": (
        " c gaobuceckdjdodsecejepexežfefrhahuifjoklkvlpmoncnõopoupsptpõpörhryrärõshsptjtnuaufuhukx xty zeäbänäpõe"
        "õjõsõuö örü übži",
        " h u ä õaeagahaubeblbrdrdvebeffifogrhjhoiaibioipkkkrktlklslämmmnmumõnfnknnnonüodoeohoiosotpopürmrprrrsrü"
        "sosätktptsueuguiupvovuõhõlötün",
        " b d iajbibodmehg gegniekekõkülgltlun ngo ogokomp pappprpur rdrkrtrusksssõtltotrtttõtöubulurveäeätõnõröö"
        "üküp",
        " e f o raaabakarb badueaedegeievfagiguhihtigirivjejuk kikolaldljlllolõlüm mbnanintnunäonorpepipärgrjrorv"
        "sasütmtätüumunuuv viähäsääõiõpõtülümüsüü",
        " a j m n p üadaialamanasavdedieeekelemeneresetgaheiiikiliminjajäkakskukäl mamemändoloorarerisisutiu udus"
        "utvavävõäiälüh",
        " k l s t vatd dai idisitlelimines sestt tetuär",
        "a e ta",
    ),
    "lv": (
        " waāaņblbobvc chcoefexeņf feftg gigzgūhehthēifivixjskekjknlllplvlūmjmmncnpnīocofoiovozpcpgptpīrcrdrgrrrz"
        "ršrūsnsrsītjtktmtptūubv vsxbxty zazlzoztzuzāzņābāvāzīcīnīvķaķiļ ļoņāšošpšršušēūkūržažī",
        " h u zagajazašbibjbēbīd dsdāeaeceeejeļešežfigdglgngsgāgšhoibicioiķjekļlnltmtn nfnnnsnēomopošp plpnpspurk"
        "rnshsmsospsssātvtztļtņudufugunupuzvovāzdzezsānāšēsēšī īgījīkķeļuļūņaņeņoš šišīšķūdūs",
        " c o šabavaļbebābūcedidodrdudēedegepevezfagrgtguigimipiņjojāk klkšldlulīmimonuobodojolpepopāpērbrmrorprv"
        "rērīsksusētbttulutz zmzēācājākālāmēmīdļaņuūt",
        " e f g j madalamanapbabucidedzdīeielemfogaidijiliritkrktkālelolslālēmemsmumāmēnandnināo ogokosprr rsrtru"
        "sesisltetntrtātētīukurusvavevēzizvzīādārāsātē ēgējēlērībīmša",
        " b d r t vakaraudae ekenereti ikinisjajukakokskulalim manontonorotpapirarerirāsatitotstuumviā ētīt",
        " a i k l n p saiasatesiznestt tau ",
        "a ie",
        "s ",
    ),
    "lt": (
        " c w yaaagajazačcecodrdvdądįeaebejeįfefug geglgngzgągėgųh iciąjįjūkckdkylblnlęm msn nąocofočptpvrcrnrrry"
        "rįršrūrųscsdsmsssėsųtmtntptttęučušvuvėvųwiyjynypyryvzezizėąjėnėrėžęsšdšlšpšąščšėšųūkūtž žkžržv",
        " hažbibjblbėbūbųchd dųečežfiftguheibifizičjąjųk krkąkėkųl ldlglplvlįmbmpmymųnfnęnįoboppdpupėrbrgrkrprurv"
        "snsrsytįtūufujupuvvoybydzdąrėmįdįjįvš šešjšmšošršsšušyūrūsže",
        " o u žabacbabebobucidudėdžedegepfafogoigipiujikšloltlulylųmumąmėndnynųokolonp plpor rdrmrsrėsaslsospsusą"
        "tvtątųuguiulumužvyygykysėjėlėtę įrškštšvžy",
        " b e f g j m į šadakapdadedyekemešgagigrgtidijiliriųjajejojukekiksktkulelėminknonunėodogojorotpepirertse"
        "skt trtutytėu udukunuourutvaymytčiė į šaži",
        " a d i l r t valamanaratauavašdidoe eleneresetiaieikioitiškaklkomemonanengnintomosprrositetousvevią ėsši",
        " k n sa aieii iminislalimao pararisttatių ",
        " pas",
        "s ",
    ),
    "ca": (
        " j éagajaxb bjbmbpbsbybébòckcícòdddmdvdàdíeoeçeïflfrfíglgühijajejuk ldlmlàlçlèmmmsnynòoioopspòpúqürfrprq"
        "rvrósqtgtxtòtóuèvévíxcxòy yaytàfànàpàqàsàxçoçòè èdèièvèxífígílíxïuòlòpósúbúnútüeüè",
        " q à è íafaiaqavbrbtcscàcècédèebedeeeqevf fafug gagnhahehoiqiuiviàlumumémímòmúnàogopouovp pcptpàpçpírcrd"
        "rgrnrurçréríròsítètíudupuïvàxpxtàcàgàtç ètícímísítïtò òdònòròsú úlúm",
        " g úabapasaubabibobuceclcrcud dodrdueaefeiepeugegribigiplsltlímbmomàmèndnfngnlnunvnçnènúo pipurmrtrèsaso"
        "tstztàtéubucuiumunusvavoxexizaàlàmàrèré í ínús",
        " b h n o u vaçblc ccctdaegelemetexfefogigui idieifilioirixlllom min nenonsobocodolosotpapeplpoqurrrsràsc"
        "spsssutotuu uaueulurutvevix à ènèsés",
        " f i l m r tadalamanatcodedie ecfiiaimisitl lalelimamempnancniomonorprrirosesisttatitrça",
        " a c d e p sacarcaenericinntr raret te",
        "a ciesiós ó ",
    ),
    "ga": (
        " j w óapb bobpcmdóeceeeleneretexf ftfáféfóglgrguhbi iejak kelblrlsmomrmunlnonóofoupdplpopápórlsmsrsétpts"
        "tóu ucugulunvewox y ádágídómónósúbúr",
        " á é íbeblbucicsctcácécúdoduesfefrfufígegigngtgágóhchdhlhmhslulómimlmnmsmémímóncndngnsnunénúobodopotphpt"
        "pérbrcrssusísútitltutétíuíábáté ícílírísó óg",
        " u úaobrclcucódldtdádédídúfafifog gchfhihéhóhúibicifiplilllolélílúm mbmempmánmnrnánío olp paprrgrmrorrru"
        "róslsosátotúumurutá álárásínítódúiúnús",
        " e h o pabagbac cecrdadedieoeáfhgahnhuháhíiaiúltlámaneniogosperdrárérírúsaseshsisptrtáuauiánóiórúl",
        " b f g i m n ralamataíbhcacod dheighhohrhtidigimioisl lentocoiomonorrarerirtscstt teéaéií íoú ",
        " a d l s ta acadanarase heiliniritlamhn nannr s taái",
        " caicheah hath",
    ),
    "gd": (
        " h u òafbebjc cicscàcèdodudìdùecesetfrfògigmgohìi ifipiuiùjelmlòlùmlmomumìndnuocpppspàrbrdràrèsnsospsusò"
        "totàtètìudugàgàlàmàsò òlòsùbùiùnùs",
        " ìbobrbscrcudidàdèeneoeòfefofuglgngsguhàhèhòialblìmimpngninmnrnsodolorotp phpopurgrsrìròsrtrtutòu ulumun"
        "urusànèaì ìnògòn",
        " e n o àabaoapbablbuceclcocteufafigrhlhnhohrhthuibimliloltlulàmentnìo ogosplprrirmrrrtrushsisttiuaucutàr"
        "èiòiòr",
        " i ragalatcadeeifhg gageghhdhiigioisitllm neoboiomonparerosasesgt teuiàiìo",
        " a b d f g l m p s ta amarasbhd dae heicilinirl lalemamhnannr ras tath",
        " cacaddhhaid",
        "aiancheah n ",
    ),
    "cy": (
        " i ôacbic cecôdlebeheogfgihdibltmbmsmumwndoiotplpsrbrmrârŵsbsutitotwtáuculuwwcwdwgwmwsywáuâmïoôd",
        " uapasawb beblbrclcsdrdudwdyecegemeuflfrfufyglguhuicimlclolumlmomynfnhnunwocoeogopp pepiprpïrdrfrgrlrwry"
        "sasltyudurwry ycytôlŵp",
        " h o wa abaeafagamatbobycacodoe efetewfafnfogagegwgyhahehihohrhwhyifigilinisitiwlwm menangnontnyofonorpa"
        "rarcrerirortsesgsisosytatetrtuunw wawnyfygylymyrys",
        " b e m n p r s t yadaialaraucydaedeieresf ffg grh i iaidioirlalelilymaneninno olosrhs stt wewiwy",
        " a c d f g lanchdedielenfegol llodr thu ydyn",
        "d ddn ",
    ),
    "br": (
        " yacb bidgdldsdveaebefepeñfafifrfuglhsihimjakiksktkulbldlglhlklmltminlnroeoiokozpiporsrtshslspsuu ubucum"
        "vrñcñs",
        " c w zajakaoapavazblbobrbuehekeofefogigrhphuhwijikiriuiwj jelclvmbmpmundnknvobodogosp plrcrrrusasitituug"
        "uhuiutvowazazo",
        " f i o u vaaabaechdadrdue ecedegeig goi ibidieigilisitk klkololum mmmoninuo oaocolomonorprrgrlrvsesotoud"
        "ueunusvaviwizezi",
        " n r ta alamasatbabec doemeseuevgagegwh hahehihoiainioiviziñkakekrmamenanontpaperarzs tatetruluzv wez ",
        " a b e g h k l m p sadanarañd dedieletezl lalelillneour rirosksturvezh",
        " denern nnoùret ñ ù ",
    ),
    "sq": (
        " q ëbjcechckcocrctcëdgdseceoepeuexfefffjfrfsfëgehdhqjdjnjsjukjklkzljltlumpmtnmnoofptqwqërbscsfsntsuduhuz"
        "v vuvëwexbxexiyeypz zbzezozvçdçfçkëhëjëk",
        " j w çabafagauazbebobrbyd dyeaefevezf flftg gohfhohphsicifihixiçk kymjmrncnfnsnyoboiokomopotozoçq qeqirf"
        "rgrjrnrysjtyufujusvavowiy ylysytyçzazhzuçiëlëp",
        " c oacajamaqavbabibëcidadjdrduedejfafofugagrhjhuibidieijilioipivj jojykikslalsmonaneodogohojosp pepjplrc"
        "rdrpsesksosuthu ukumupvivlyrzgzizëçeëtëvëz",
        " e h i r zadakanapasbucadedidëegekelemfigugëh hahehihkhmiaigikirisizjijtjëkakekokrktkël lolëmbmumëngninj"
        "nuo olpipopurkrorrrsrtrusastsëtjtotrueulunutëm",
        " a b d f g l t valatdhdoenergjhthëinjakulelillm mamemintnëonorpaprrarermrëtatetuuaurveën",
        " k m n sa are eseti imitjen ndpër ris sit titë",
        " pshë ërës",
    ),
    "af": (
        " c jdddêebefeheêeïfafffvgagbgggoi irjajikbkkkmkylglhlklnlplwmgnbnhnnptrprrrvshsrtgtjtstutvtwudupuwxbxeyp"
        "ywziê ëfëiïn",
        " uabadagaibabibudkdldodrdtduedewfgfiftgihihuiaimixknktkullltlumimmmunlnunvobofogokosplpoprpspysasusytltt"
        "u ueufumunusvaviwiwoy yeyfylynêrë ën",
        " e f na afakamapblbobrdadseiemepevfogsgthehoidifipisitkllalolslymamonaneninknoo odolotoup pipprgrkrlrmrn"
        "rurwrysospsstrtyukulurutwawyydysëlër",
        " a d h i m p r walanarasatd diegeteueëf grigikiëk kikrksl ldlim mensntomoporpaperardrorsrtsesltatitouive"
        "vowe",
        " b g k l o t vaabedeeeekenesg geiekakekolelên ndngoeonoorerisiskstt êe",
        " selinr s te",
        "e er",
    ),
    "fo": (
        " x z á íabahaibebrbybzbúbýcechciclcocrcsctdndseaeceoewf fffjfuføgdglgmgzgáhihjhvhøibixjijujákllglrlsltnm"
        "nónýobocogomoooðphplppptpæqurbrprrrurvrzrærøsusvsísýtbthtktmuaubuiukupvsw wowsxtydygypyrálælíkðlðróløløv"
        "únýnýð",
        " c q w ø úacadafawblbobæbóc cadodrdáedeeemesexfafefofrftgggjgngogrgsgugvh hahoiaidikimiojøksktlplvlyløme"
        "mmmompmsmumóncnknoodofokolovoypeprpurdrgrlrmryscsfsospsøtgtótøtýu ugulutv vgvuvávíx y ykytyvá ásávætísíð"
        "ðaðsókónótørøðútýt",
        " d g h i o u óakapbickdedue egekeneyflgeheicifigipivjók kekjkkknkokrkuldljlllolum mbmimynenlnnnsntnuo os"
        "otporerfrkrorsrtrárðshsislsnsstotttæusveymynziátænðiðuógóðøgøk",
        " b e f k m n p ragalamasatavaðd dadieieleretfíg gagiirisitiðjakakil lelimangonorp pararis sasetetitrtsum"
        "unvavivníl",
        " a l t vani illan nandniskstt tatuurð ",
        " sa arinr ",
    ),
    "mi": (
        " e i uaaaeaoawekemepgiihixkōmeneoeonopp por rustupwaweōp",
        " a naiapeaeheieneretgohehoikioiriwkunonuoaokoupepiuhuiukun",
        " rahauhuiainitkekimamonaohorotparerirotetitotuu uaurut",
        " h m p t wakanarate gahakakongo purawh",
        " khii ta",
        "a ",
    ),
    "lg": (
        " c p radafasceckecfig gggoheijiljajuk lymimomwnsnunvodoporp pipppys suttujuruzvi",
        " d f yazbedudwedewfafogwgyidifiyjjlolwmpninzogooosotpapuryssstt toudufugupuvuwvuwuzozz",
        " g l m s t w zaaabataybydadddeegemeyezfuguigimiviwizkekwlelumambmenenkntomonozsesisotituumusutuuvaw wey "
        "yeyoyuzaze",
        " aagalamawbabibobwdiebeeesetgagegiibinisitkkkylinangnnnonyobrerosataubukunwoyayi",
        " b nakanbue ekeneri ikkakolamundokolrariteu ulzi",
        " e k oirkikuo wa",
        "a ",
    ),
    "ku": (
        " oajblbydgdreaeffafrfîgdgkgîhkhohûiaicimj jîktkukûlkltmbmumênonsnxnûogotpkppprpsq qaqirdrjryrşsdsnspsutb"
        "thtnubufvbxaxbxşybytzezûêgêjêlêçîhîlşyşê",
        " i q îacafagaşb bobubêbûcecidkdêegejepeqfefoftgêh huigizjijmjoldmimomûnto okoposovp pîrbrgrmrsrvrçrûsosy"
        "sêtptrtuu uluyviwawlwîx xexuxêy yoyîz zazkzêzîêbêtêwêzîmîpîvû ûnûpûrş şbşeşişkşî",
        " j x y z şabadapawaxayazbîcud dodudîebedevexeşfig gahêhîi ibidifijitixişjêlblglolîm mînkodojolomoroypiqe"
        "rnrxs sbsisksîunurv vavkvêwiwtwêxixwziêdêkêmêrêşîkîrîtîşşt",
        " c e f l v w çahakamasatbaehemewezgegiguhaihilisivjakokîl lalelilêmengnênîonpapêrkrortsatotêtîuhvîweyeça"
        "çeşa",
        " a g k m r s talavbededieleneseteyhehiikk kakekêmaniper rarerêrîsestt tatetiveyêênînîs",
        " d h n parbidaekeriykinandneriyaê î ",
        " ba ane inirn ",
    ),
    "vi": (
        " j z á ảakbjbybạbộcucâcócũcảcấcầcắcụdddldydùedeeegeoepfafeflftfygngogsgtgugưgắgặhthâhãhéhêhìhíhảhầhỉhịhỏ"
        "hốhớhụhủieigivixiáiảiữjekíkýkếldlplslylàlưlệlỗlớmmmpmumàmámãmônfnpnsnvnànếoaofoiomooosoàoáoảpdpsptqwrdrg"
        "rlrmrnrrrvryrírưrạrộsgspswsásốsửtdtmtptttutàtátêtítùtưtảtậtắtốtổtừudueufuguruảuốuồuộv vavuvàwawewiwoxixo"
        "xpxtxuynysytyêyếzezià àmàoàyápátáyânâyãyépêmêuì ìnínònóaónùyú úcúný đađãđóđưđầđặđếđệđồđừĩaư ưaươạmạoảiấp"
        "ấuấyầuẫnậtắnặcặpặtẽ ế ếmếpề ềuể ểmệmệtệuỉ ịaịnọcọiố ồiổ ộcộnộtớcớnớpờ ờiờnở ởiỡ ợcợnụ ủ ứcừ ửaữaữnự ",
        " wabadagaiapaub blbobubảceclcrcádadoduebevf fffofsgaghhàháhóhôhúhạhấhậhếhứhữicidifimioipisiêiềkeltlumbmi"
        "msncneninuobocodogolotowoạpepiplpoprpurcrssisosssusytctytạuauiulumupusutviw x xeymàiàná áiánã ícó ônùnăn"
        "điđịđộơnướườượạiả ấtầnậpắtếnếuềnểnểuệ ệnị ỏ ốiốnồnỗiộ ớiụcừnử ữ ",
        " e o q uacalamaoarasaybabicackctdieaefelemenesetexfigehehohuhưiailiritiếiểiệk kilalillmamemonandnontoupa"
        "qurarirortrusashtouyveácênạnảnết",
        " a f i v xanatcod deecergihahikhl leloonorphr s sesttatetiun",
        " b d g h k l m p r đa c chh inm nho p rethtru y ",
        " c n se g i n ngt ",
        " t",
    ),
    "be": (
        " е ц э ёаюаівэг гогчдмдндудчдэейекелетж з збзлзійдйсйткрктлымвмумэнднкогожокпопырмсасвсесотвувужузулуффе"
        "фтфіхахуцецоцэш шкшлшмшрыгыпыхычышыіыўьпьцэжэмэрюсюцягяеялямяняряхяшібіжімічішўжўзўкўс",
        " у х я іашб бабнбобывувягргудждлдсдтдыевемесжажыжэзезмзозьй клкнксл лклулюмон нунюодойомонопоросп пепкпу"
        "піргрсртскслснспсысьсятктнуеупурусутучх хіцыцічкыбывыдызырытыфькьмэкэлэсэчю ючявядякяпяцяўівіділўлўнўт",
        " б г л р ф ч ш ўабайапачаябувовігагэд дздкдодредецзвйлк колом млмымямінонтньніо оволоўр рорэс сусцсітоту"
        "тэукумфацаццчычэшчшыыкылынысыцыяэнэтікінісіцў ўв",
        " д к м с тавагаеазаканасатацаўведаенерзазнкукілалельлялімамененннынярут тртычаымьн",
        " а в з надаламарвавые канапапррарысттау цьы ь я і ",
        " па ",
    ),
    "mk": (
        " у х ц јааагазбјвлвјгадуеаезеоецеѓејеќз зиибивиеиоиуишк квл лжмбмкмпнснцнчоеошп пкпнпспцргрзртспсутнубул"
        "упусутфафефицечнш шашешкшншуѓујојсјтќе",
        " ч шабадажасафбибув вивнвувчгиглд дддидмебегежеиешењжежузвзоииипицичињкекиклктлклунднуобогоиокомоцплпчрд"
        "рсруршс саскслтуу умучцач чачкчочушијдјења",
        " а е р т фавакарацачбабебобрвевргогрдндревепересечжажизбзнидкркскулалнломин овожопочојпапепир ржрмсесисо"
        "твфочеј ",
        " б в г з л м оаламапајањводадедоедекелеметзаизикиминириситијлем мамоненонтодозолоносриротитрцичијање",
        " д и к н санваени каколименио оротпопрраресттетоув",
        " пате нат та",
        "а ",
    ),
    "sr": (
        " фагаоасахацачашбрбјв вуг гагиглгнгодвдуебежеоефечеђжезмигидиоихицклл мимнмунднкоцоћпардрхршсесмснувугуж"
        "усућфифух хич чачкш шиђеђујијтљећ ћу",
        " е л ч ш јабалапбабеблбобувнвљгуд дбдневегеиеперељећжизвздзлзозуибилкикркскткцкљлембнуобожоколонопочошољ"
        "пепупцр ргрсс свслсутвулунцечечушешкшћљаљкљу",
        " а г м тадамбививргрдидодрезелесетешењжаз зизниритичишк кекуломон нтогозомотојпиржрусискт титрукумупутуч"
        "ујцичишаштј јајуњеће",
        " б в д з к р уазаканаратајањвеводадеедекемензаивизикиминијколалим маненинооворосриросасптетоу јења",
        " и н о савваи искаменао одпопррастта",
        " пе ре",
        "а ",
    ),
    "kk": (
        " в у хацбұвиебедеоеңжыжұжөибидимиоиситифй йккркшкүлжлслтлшм мкмүнгнинөо одокомошоғпопқргрдршрұсититкуаут"
        "фофрхошиштшқыбытышь ьдэкібітғдқсқшңбңғүлүмүрұжұмұқәйәләнәтөнөтөшөң",
        " р э іабадапашаябобыдиезейжежозазбзгзезіинйнйтйікоксктлмлульмдмымімәнбоқоңпепрпцриркрссксосқсәтртттүудул"
        "урызымырығэлялясяқігікіміпішқпқұңаңдңыңіұрөзөлөмөр",
        " д е м н ф ш ү өазамағаңбебубіегемеужүз здияйдйейлк кікөл лглілғнтнуніонопоросп птрлрнрортріс сасесут то"
        "умушуыфацишашешышіылыпысықыңілісіңғық қтқыүйүс",
        " о сайатақгегідедыдіекелесетжакелдлелымаменандненыпарарерурыстсітутыізінірғақақоң ",
        " а б ж к п т қа аланасаубадае енерлаолр сытатетіыні ",
        "арн у ы ",
    ),
    "tg": (
        " в ч ш қ ҳ ҷабакалапаъақбов вгвзвовҳг гигогудеебевекеленереэибидизилинисифиюияйвкакоктлалилолум монвнтоб"
        "огодоколомотошояпапррнрорчсасвтотутяугумунурушфафефифофтхачачоълътэъя ябянқ ҳаҳоҷу",
        " а б и к м о п р с т ф х яадаиайамасбабрвавидадидое заииимиркул мен нбндниноонофрисесттаудӣ ",
        " д на аваратбед манаоррат тиша",
        "ани р ",
    ),
    "ar": (
        " ض طءةأدأرأزأعأمأنأوؤثؤشإبإدإزإعإلإنئماثاجازاشاضاغايبةبدبطبمبهبوتؤتبتدتشتصتغتقتلتنث ثرجبجةجرجعجلجهجيحرحز"
        "حشحمحوختخرخزخصدجدخدددردلذةذرذهرجردرسرنزازمس سبسرسفش شةشرشلشوشيصاضاضغضيطاطرطلظهعذعوعيغ غاغرغطغوفةفحفذفشفق"
        "فوقبقدقصقطقعقلقيكبكةكتكسكولـمؤمتمحمرمزمطمظمقممنسنغنقنمنههرهووتوزوسوصوطوعوىيجيطيعيغيويي",
        " ج ش ه وء أسألأياءائاحاخاداساصاعافاكبابربعبكبلبنتاتختعتفتمثاج جدجمحتحجحدخدخطخلدعذاربرترصرضرقركرمريزرزيسط"
        "سمسهسوسيشاص صرصلصيض طبطوعاعةعدعلغيـ فتفرفلق قاقرقوك كاكركلكنكيلةلثلرلشلطلقلكلنلهلىمجمخمدمعمفمكمننةنتنصنو"
        "ه هاهذهمو وبوجوحودوفوقوميتيحيديريزيسيفيقيك",
        " إ ح خ د ر س ص ع ف ق ك ن يابامب بيتحترتوتيح حاحةخادادةدمدوديرارةروز ساستسلصفصوط ع عرعمعنف فافيلإلبلتلحلخ"
        "لسلصلعلفللمامةمسملموميناندنيواورولونويى يايليمين",
        " أ ب ت لا اتارانت د لألالولين ي ",
        " مر ل لمم ية",
        "ة ",
        " اال",
    ),
    "fa": (
        " ث ط ل ژآياجاضاطاقاًاکبتبزبسبوبکتأتجتختظتعتفتکجدجعجمجهحتحلحهخطخلخهخيدددکذاذررترجرحرخرشرضرچرکزبزمزنزهسبسخ"
        "سنسهسوشرشهشوصدصلصوصيض ضاضيطاطلطوظرعبعتعرعمعنغافحفعفقفيقدقشقصقطقلقيلبلفلقلومبمجمحمدمزمسمشملمکنجنسننهمهيو "
        "وئوصوعوقوموهيبيجيحيخيصيفيقيميويگً ّصپ پرپوچ چوژوکتکدکمکهگ گزگش",
        " ص غ ه چاتاعاهاوبدبعبلبهبيتاتبتصتمتيج جاجرجوح حاحدخاخرخصخودورفرقرمرنرگزاس سرسطش شخشدشمشنشيشکص صاصفط طرع "
        "عاعدعلغيف فافهق لهمتمعمقمنمهمينبنشنقنگهنوجوشوليتيزيسيشيليکپاک کرکلکنگاگذگوگي",
        " آ ج ح ز ع ق و ي گاباخازاساشافب برترتنتهتوختدردسدنديردرسرهز زيساسيشاشتفتفرقالاليم مونتنمنهنونيهاودورونوي"
        "يدينيهييپيکاگر",
        " خ ر س ش ف پ کا ادالامبادادهراروريستل ماناندواياير",
        " ا ب ت د م نارانايت د ر ن ",
        "ه ي ",
    ),
    "ur": (
        " د ن ک ھامر روز فتم ن ھ ھف",
    ),
    "yi": (
        "ִעַ ַגַךַןַצּןּצֿהֿטֿלא ברבױגוגטגיגןדןדצוּוגוזוטוכוםוןזטזיטוטצטײיִיאידיויךיםיןיסכּכנכשלולשלױמבמדמזמטמימצ"
        "משנהסאסוסלסןספעבעדעהעעעףעצץ צאצןקנקצקרקװרהרסרצרקרששושישײװ װדױבױטױעײ ײגײלײןײע",
        "ַהַזַכַמַסַשַװָ ָבָגָזָטָלָמָסָקּ ּיּלּעֿוֿיֿןבובלבײגאגלד דאדלדרה היהעהײו ולוסופוקותזאזןזעזײי יזיכימיװכן"
        "לןמומלנאנונצנקנשסגסעסקעגעםעמעשעװף צװקוקיקײרברכרלרװרױש שאשלשןשפת ױפײבײדײטײכײנ",
        " ט נ ס ע רַבַפַקָדָנָפּאּרֿעאײב ביבןבעדוהאורז טאטלטןטריביליעיפיצישכטכעלאלדלטלײם נינססטסיעךעכעסעפצוצטציצע"
        "צײק קטקלקןקסרארגרמרןרײשעשרװאװיװעװײױס",
        " ד ה ז ל מ צ ק ש װַטַלַנָראואיאױבאג געגרדידעומוניטינירך לימאמענגנדנטנעס עטעלעןעקקאקערורטרירעשט",
        " ב ג פַרֿאטיטעיקל לעע ענפּײַ",
        " אאָט ן ערפֿר ",
        "אַ",
    ),
    "hy": (
        " զ թ ժ ծ ջ ց քաթախաչբ բյգագեգլդ դեդոեթեմեյզիզրէ թիժաիկիոիչիջիքլելըլխլցլքխեխտծվծքկմկնհղհմհնհպձեձրձևղբղթղմ"
        "ղյմշմոմվյդյենհնմնննպնսնցշըշիշխշվշտո ոխոյոչոցչիչկչհչոպ պըպոջ ջեջնռոսնսցվնտճտքրգրձրպրջրսրքրֆցրւծւղւսքնօբֆե"
        "ևա",
        " լ խ ձա ադազաշափբոգիդիդրզաէջթաժեիաիբիմիպիսլնխոծեծոծրկըկտկցհեհիղաղիղծղվճամբմըմիյսյտնդնթնկնշնջնքշ շաշոոդոլ"
        "ոկոնոշոսոքչ չաչեպեպիպրռնսեսխսոսպսվսքվ վյվվտըտնտվրժրլրծրկրմրնրտրրցացիցնւտւցփոքաքըքսօգֆո",
        " դ ե է ը ի փ օաբահաղապաջառբեգտգրդաեկեղենեռեսետեցեքընթոիշիրիցլախակիկոհող ղոմեյննընոնվնտովջաջոռաս սասիտ տի"
        "տկտորդրերըրվցեցոցվւ ւյփաք քիֆա",
        " բ գ կ մ ն ո չ ս վ ֆագալածամասավացբագոթյինլիլոծ կ կեյայիյլյոնիողստվոտատետրրից ւթ",
        " հ պ տակայատարը լ կահամ մանանեորպավավեր րարումւն",
        " աանելերի ն ",
        "ու",
    ),
    "ka": (
        " ლ ჟ ღ ჭ ჰაოაჩგვგოდვედეეეზეჟეხვთზნზღთზთუიბიზიოიუიფიქიძკეკლლდლსლშმ მბმშმწნზნსოაოთოფოყოწჟიჟურნრქსლსნსოსქსხ"
        "ტუტყუდუსუცუძფეფლფრქაქექვღაღდღიღუღწყვყიშლჩვცნძეწვწიწკწმწყჭდჭეჭიხიხლჯგ",
        " ვ ზ თ ნ ო ძ ხ ჯაააბაგაიაპაუაფაყაჭბობრბსგეგიგრდ დგდრეგეთეიეკეოეუეცვდვრვსზაზიზოთ თოიგიდიპიღიყიშიცკრკულუმთ"
        "მნმუნდნონფნქოგოეოიოკოპოტოცპეპიპოპრრ რგრდრვრმრსრტრცრძსვსრსწტოუმუფუშფოფუქმქოქსქტქცღეყოშაცაცდცვძაძლწოხეხოხრ"
        "ხსხუ",
        " ე ი კ ტ უ ჩ ც წავაზაკაქაღაშაწბებლბუგუდოევესექვავლვნზეთათეთვთითხიეივითიიიკიმინირკაკიკოლამდმხნ ნტო ოდოვოლ"
        "ონოსპარუსესთსტტატეტრუნურფაფიყეშვშიჩაც ცეცხწაწეხახვხმ",
        " ბ პ რ ფადალასატაცახდედიე ელემეტვიილლელონეობომორრარერთროსაცი",
        " ა გ დ ს შამანბაბიგადაენერვეიამამემიმონანირისიტიულშე",
        " მა არებლი",
        "ი ისს ",
    ),
}  # fmt: skip
