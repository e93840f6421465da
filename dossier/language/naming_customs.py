"""What is known of names: which words stand before, in and behind a family name, and where it stands.

Data alone, for the printer and for the proof, each of which works out by itself where a name is filed
(docs/names.md, "Names by custom"). All words are without capitals and accents. The lists need not be
complete: a name that they do not decide is in doubt, and stands as it reads.
"""

from __future__ import annotations

ONE_FAMILY = frozenset(
    "af be bg br bs cs cy da de el en eo et fi fr fy ga gd gsw hr hy it lb lt lv mk mt nb nl "
    "nn no oc pl pt rm ro ru sk sl sq sr sv tr uk".split()
)
"""Languages of which the names end in one family name."""
TWO_FAMILIES = frozenset("ca es eu gl".split())
"""Languages of countries where a person has a family name of each parent."""
FAMILY_FIRST = frozenset("hu ja ko vi zh".split())
"""Languages in which the family name stands first."""
EASTERN_SCRIPTS = frozenset(("CJK", "HANGUL", "HIRAGANA"))
"""Scripts in which the family name stands first, by the names of their characters in Unicode."""
ALPHABETS = frozenset(("LATIN", "CYRILLIC", "GREEK", "ARMENIAN"))
"""Scripts with capitals, in which the custom of the language decides."""

TITLES = frozenset(
    "abbe archbishop bishop brother capt cardinal col dame dr dra dipl don dona father fr "
    "frau gen hon herr imam ing judge justice lady lic lord madame maitre miss mlle mme "
    "monsieur mr mrs ms mx pastor pope prof profa professor professora profesor profesora "
    "rabbi rev sen senator sheikh sir sister sor sr sra ven".split()
)
"""Words before a name that are no part of it."""
BEHIND = frozenset(
    "am ao ba bsc cbe cm dbe dds dphil esq frs frsc gbe ii iii iv jd jnr jr kbe kc kcmg llb "
    "llm ma mbe mba md mp mep msc obe oc om op osb osf phd qc rn sj snr sr".split()
)
"""Words behind a name that are no part of it; of these ..."""
GENERATIONS = frozenset("jr jnr sr snr".split())
"""... are written with one capital, all others with more: “Ma” may be a family name."""
JOINED_BEHIND = {"pt": frozenset("filho junior neto segundo sobrinho".split())}
"""Words that stand behind a family name and belong to it, by language."""

PARTICLES = frozenset(
    "af av d da das de degli dei del della den der des di do dos du e i la las le los te ten "
    "ter 't het van vom von y zu zum zur".split()
)
"""Words that stand before a family name."""
NOT_FILED = {
    "de": frozenset("von zu der den".split()),
    "fr": frozenset(("de",)),
    "nl-nl": frozenset("van de den der het te ten ter 't".split()),
    "pt": frozenset("da das de do dos e".split()),
}
"""Particles under which names are not filed, by language, for Dutch by country."""
COMPOUNDS = frozenset("abd abdel abdul abou abu ould umm".split())
"""Arabic words that begin a name of two words."""
LINKS = frozenset("al bar bat ben bin bint binti el ibn wa".split())
"""Words behind a first name that may be no part of a family name."""

DAUGHTERS = ("dottir",)
"""The ends of Icelandic patronymics, which are no family names, in all languages."""
SONS = ("son",)
"""The same, in Icelandic letters."""
PATRONYMIC_LANGUAGES = frozenset("be ru uk".split())
PATRONYMICS = (
    "ович",
    "евич",
    "овна",
    "евна",
    "ична",
    "овіч",
    "евіч",
    "йович",
    "івна",
    "ївна",
    "ауна",
    "еуна",
)
"""The ends of East Slavonic patronymics, without accents."""

FAMILIES = {
    "es": frozenset(
        "acosta aguilar aguirre alonso alvarez arias arroyo avila ayala blanco bravo cabrera "
        "calderon campos cano cardenas carrasco carrillo castillo castro cervantes chavez "
        "contreras cordero cortes cruz delgado diaz dominguez duran escobar espinoza espinosa "
        "estrada fernandez ferrer figueroa flores fuentes gallego garcia garrido gil gimenez "
        "gomez gonzalez guerrero gutierrez guzman hernandez herrera herrero hidalgo ibanez "
        "iglesias jimenez juarez lopez lozano marin marquez martin martinez medina mejia "
        "mendez mendoza mercado molina montero mora morales moreno munoz navarro nieto nunez "
        "ojeda ortega ortiz pacheco paredes parra pascual pena peralta perez pineda prieto "
        "quintero ramirez ramos rey reyes rios rivas rivera robles rodriguez rojas romero "
        "rosales rubio ruiz salas salazar salinas sanchez sandoval santana santiago santos "
        "saenz sepulveda serrano silva solis soto suarez tapia torres trujillo valdez "
        "valencia valenzuela vargas vasquez vazquez vega velasco velasquez velazquez velez "
        "vera vicente vidal villanueva zamora zapata zuniga abad acevedo aguilera alarcon "
        "alcantara allende andrade aparicio aragon araya arce arenas barrios becerra benitez "
        "bermudez bernal bonilla bustos caballero caceres calvo camacho canales cantu caro "
        "carvajal casas castaneda cespedes chacon cisneros collado concha cornejo correa "
        "cuellar cuenca cuesta davila duarte echeverria enriquez esteban estevez exposito "
        "fajardo farias franco fuente galindo gallardo galvan gamez garay godoy gracia "
        "granados guerra guillen haro heredia hurtado izquierdo jara lara leal leiva leon "
        "linares llorente lorenzo lucero lugo luna macias madrid maldonado mansilla manzano "
        "mata mena merino meza miranda montes montoya moya muniz murillo nava navas ochoa "
        "olivares oliver olmos ordonez orellana orozco osorio otero padilla palacios palma "
        "pardo pastor paz pereira pina pizarro plaza ponce porras portillo pozo puig quintana "
        "quiroga rangel redondo restrepo rincon roca roldan roman rosado rosas rueda saavedra "
        "saez salgado salvador sanabria sancho santamaria segura sierra sosa tejada tellez "
        "toledo toro ugarte uribe urrutia vaca valdes vallejo varela vergara vigil villa "
        "villalba villegas yanez zambrano zarate zavala".split()
    ),
    "hu": frozenset(
        "antal bako balla balogh barta bartok biro bodnar bognar bozso csonka deak farkas "
        "fekete fulop gal gulyas hajdu hegedus horvath illes jakab juhasz katona kelemen "
        "kertesz kis kiss kocsis kovacs kozma lakatos lengyel lukacs major mate meszaros "
        "molnar nagy nemes nemeth olah orban orosz orsos pal pap papp pasztor racz sandor "
        "santha simon sipos somogyi soos szabo szalai szekeres szilagyi szucs takacs toth "
        "torok varga varadi vass veres veg vincze virag voros".split()
    ),
    "ja": frozenset(
        "abe aoki arai endo fujii fujita fujimoto fujiwara fukuda goto hara harada hasegawa "
        "hashimoto hayashi honda ikeda imai inoue ishida ishii ishikawa ito kaneko kato "
        "kikuchi kimura kinoshita kobayashi kojima kondo kudo maeda maruyama masuda matsuda "
        "matsui matsumoto miura miyamoto miyazaki mori morita murakami murata nakagawa "
        "nakajima nakamura nakano nakayama nishimura noguchi nomura ogawa ogata okada okamoto "
        "ono oe ota otsuka saito sakai sakamoto sakurai sasaki sato shibata shimizu sugawara "
        "sugiyama suzuki takada takagi takahashi takeda takeuchi tamura tanaka taniguchi "
        "uchida ueda ueno wada watanabe yamada yamaguchi yamamoto yamashita yamazaki yokota "
        "yokoyama yoshida".split()
    ),
    "ko": frozenset(
        "ahn bae baek bang ban bong byun cha chang chin cho choe choi chon chong chun chung "
        "do eom gang ha ham han heo hong huh hur hwang im jang jeon jeong jin joo ju jung "
        "kang kim ko koo kwak kwon lee lim ma min moon na nam no noh oh pae paek pak park pyo "
        "rhee ri ro roh ryu seo shin sim sin so sohn son song suh sung um woo yang yi yim yoo "
        "yoon yu yun".split()
    ),
    "vi": frozenset(
        "bui cao chau dang dao dinh do doan duong ha ho hoang huynh khuat kieu lam le luong "
        "luu ly mac mai ngo nguyen nghiem phan pham phung quach ta thach thai to ton tran "
        "trieu trinh truong vo vu vuong".split()
    ),
    "zh": frozenset(
        "ai bai cai cao chan chang chen cheng cheung chiang chow chu chung cui dai deng ding "
        "dong du fan fang feng fu gao gong gu guo han hao he ho hou hsieh hsu hu huang jia "
        "jiang jin kang kong kwok lai lam lau lee leung li liang liao lin liu lo lu luo ma "
        "mao meng ng pan peng qian qiao qin qiu ren shao shen shi song su sun tam tan tang "
        "tao tian tsai tsang tse wan wang wei wong wu xia xiang xiao xie xiong xi xu xue yan "
        "yang yao ye yeung yin you yu yuan yue zeng zhang zhao zheng zhong zhou zhu zou".split()
    ),
}  # fmt: skip
"""Frequent family names, for Spanish those of all languages of Spain."""
GIVENS = {
    "es": frozenset(
        "adolfo adriana agustin alba alberto alejandra alejandro alfonso alfredo alicia ana "
        "andrea andres angel angela angeles antonia antonio arturo beatriz belen benito "
        "camila carlos carmen carolina catalina cecilia cesar clara claudia concepcion "
        "consuelo corina cristian cristina daniel daniela david diana diego dolores eduardo "
        "elena elisa emilio enrique ernesto esperanza esteban estela esther eugenia eva "
        "fabian felipe felix fernanda fernando francisca francisco gabriel gabriela gerardo "
        "gloria gonzalo graciela guadalupe guillermo gustavo hector henrique hugo ignacio "
        "ines inmaculada irene isabel ivan jaime javier jesus joaquin jorge jose josefa juan "
        "juana julia julian julio laura leonardo leonor leticia lorena lourdes lucas lucia "
        "luis luisa luz magdalena manuel manuela marcela marcos margarita maria mariana mario "
        "marta martha martin mateo mauricio maximiliano mercedes miguel milagros monica "
        "montserrat natalia nicolas norma oscar pablo paola patricia paula paz pedro pilar "
        "rafael ramon raquel raul rebeca ricardo roberto rocio rodrigo rosa rosario ruben "
        "salvador sandra santiago sara sebastian sergio silvia sofia soledad sonia susana "
        "teresa tomas valentina valeria vanesa veronica vicente victor victoria virginia "
        "ximena yolanda".split()
    ),
    "hu": frozenset(
        "adam agnes albert andras andrea anett aniko anita anna arpad attila balazs barbara "
        "bela bence beata bertalan csaba daniel david denes dora edina edit emese endre erika "
        "erno erzsebet eszter eva ferenc gabor gabriella gergely geza gyorgy gyula hajnalka "
        "ilona imre istvan janos jozsef judit julia kalman karoly katalin klara krisztian "
        "krisztina lajos laszlo lilla magdolna margit maria marianna mark marta mate matyas "
        "melinda mihaly miklos monika nikolett norbert orsolya otto pal peter piroska reka "
        "robert rita roland rozsa sandor sarolta szilvia tamas terez tibor timea tunde vera "
        "veronika viktor viktoria vilmos zoltan zsofia zsolt zsuzsanna".split()
    ),
}  # fmt: skip
"""Frequent given names. A word in both lists decides nothing."""
EASTERN = frozenset().union(*(FAMILIES[tag] for tag in ("ja", "ko", "vi", "zh")))
"""Family names that may stand first in letters of any language."""
