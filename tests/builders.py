"""Small pieces of content for tests: a catalogue of a few entries, talk and danger in four languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from bot.content.model import (
    MAIN_LANGUAGES,
    Catalogue,
    Command,
    Confidence,
    DangerExample,
    DangerKind,
    DangerList,
    DangerWords,
    Entry,
    EntryFacts,
    EntryId,
    EntryText,
    InstitutionId,
    Language,
    Review,
    SmallTalkKind,
    Talk,
    Team,
    TeamId,
    Topic,
    TopicId,
    WorkingTime,
)

LT, EN, RU, UK = MAIN_LANGUAGES

Phrasings = Mapping[Language, Sequence[str]]

PHRASINGS: Mapping[str, Phrasings] = {
    "kindergarten": {
        LT: (
            "kaip užregistruoti vaiką į darželį",
            "laisvos vietos darželyje Vilniuje",
            "eilė į valstybinį darželį, kiek laukti",
            "dukrai treji, noriu į darželį",
        ),
        EN: (
            "how to register my child for kindergarten",
            "free places in kindergarten Vilnius",
            "waiting list for public nursery",
            "daughter is three, kindergarten please",
        ),
        RU: (
            "как записать ребёнка в детский сад",
            "есть ли места в садике в Вильнюсе",
            "очередь в государственный садик",
            "дочке три года, хочу в садик",
        ),
        UK: (
            "як записати дитину в дитячий садок",
            "чи є місця в садочку у Вільнюсі",
            "черга в державний садочок",
            "доньці три роки, хочу в садочок",
        ),
    },
    "child-benefit": {
        LT: (
            "kaip gauti vaiko pinigus",
            "kiek moka vaiko pinigų per mėnesį",
            "išmoka už du vaikus",
            "kur pildyti prašymą vaiko pinigams",
        ),
        EN: (
            "how do I get child benefit",
            "how much money per month for each child",
            "payment for two children",
            "where to apply for vaiko pinigai",
        ),
        RU: (
            "как получить детские деньги",
            "сколько платят пособие на ребёнка в месяц",
            "выплата на двоих детей",
            "куда подать заявление на вайко пинигай",
        ),
        UK: (
            "як отримати дитячі гроші",
            "скільки платять допомоги на дитину на місяць",
            "виплата на двох дітей",
            "куди подати заяву на вайко пінігай",
        ),
    },
    "family-doctor": {
        LT: (
            "kaip prisirašyti prie šeimos gydytojo",
            "noriu pakeisti polikliniką",
            "registracija pas gydytoją be eilės",
            "kur gydytis, jei ką tik atvykome",
        ),
        EN: (
            "how to register with a family doctor",
            "I want to change the clinic",
            "appointment with a doctor in the polyclinic",
            "where can we see a doctor, just arrived",
        ),
        RU: (
            "как прикрепиться к семейному врачу",
            "хочу сменить поликлинику",
            "запись к врачу в поликлинике",
            "где лечиться, мы только приехали",
        ),
        UK: (
            "як приписатися до сімейного лікаря",
            "хочу змінити поліклініку",
            "запис до лікаря в поліклініці",
            "де лікуватися, ми щойно приїхали",
        ),
    },
    "rental-contract": {
        LT: (
            "ar reikia buto nuomos sutarties",
            "šeimininkas neatiduoda užstato",
            "kaip registruoti nuomos sutartį",
            "nuomojamės butą be sutarties",
        ),
        EN: (
            "do I need a rental contract for a flat",
            "landlord does not return the deposit",
            "how to register the rent agreement",
            "we rent a flat without papers",
        ),
        RU: (
            "нужен ли договор аренды квартиры",
            "хозяин не возвращает залог",
            "как зарегистрировать договор найма",
            "снимаем квартиру без договора",
        ),
        UK: (
            "чи потрібен договір оренди квартири",
            "господар не повертає заставу",
            "як зареєструвати договір найму",
            "винаймаємо квартиру без договору",
        ),
    },
    "lithuanian-courses": {
        LT: (
            "nemokami lietuvių kalbos kursai",
            "kur mokytis lietuvių kalbos",
            "kalbos egzaminas A2, kaip pasiruošti",
            "kursai vakarais dirbantiems",
        ),
        EN: (
            "free Lithuanian language courses",
            "where to learn Lithuanian",
            "language exam A2, how to prepare",
            "evening courses for people who work",
        ),
        RU: (
            "бесплатные курсы литовского языка",
            "где учить литовский",
            "экзамен по языку A2, как готовиться",
            "вечерние курсы для работающих",
        ),
        UK: (
            "безкоштовні курси литовської мови",
            "де вчити литовську",
            "іспит з мови A2, як готуватися",
            "вечірні курси для тих, хто працює",
        ),
    },
}

_HUMAN: Phrasings = {
    LT: ("žmogus", "noriu pakalbėti su žmogumi", "duokite specialistą", "ar čia yra gyvas žmogus", "sujunkite"),
    EN: ("human", "I want to talk to a human", "give me a specialist", "is there a real person here", "operator"),
    RU: ("человек", "хочу поговорить с человеком", "дайте специалиста", "тут есть живой человек", "оператор"),
    UK: ("людина", "хочу поговорити з людиною", "дайте спеціаліста", "тут є жива людина", "оператор будь ласка"),
}

_SMALL_TALK: Mapping[SmallTalkKind, Phrasings] = {
    SmallTalkKind.GREETING: {
        LT: ("labas", "sveiki", "laba diena"),
        EN: ("hello", "hi", "good morning"),
        RU: ("привет", "здравствуйте", "добрый день"),
        UK: ("привіт", "вітаю", "добрий день"),
    },
    SmallTalkKind.THANKS: {
        LT: ("ačiū", "labai ačiū"),
        EN: ("thanks", "thank you so much"),
        RU: ("спасибо", "большое спасибо"),
        UK: ("дякую", "щиро дякую"),
    },
    SmallTalkKind.OKAY: {LT: ("gerai",), EN: ("ok", "understood"), RU: ("понятно",), UK: ("зрозуміло", "👍")},
}

_COMMANDS: Mapping[Command, Phrasings] = {
    Command.HELP: {LT: ("pagalba",), EN: ("help",), RU: ("помощь",), UK: ("допомога",)},
    Command.HUMAN: {LT: ("žmogus",), EN: ("human",), RU: ("человек",), UK: ("людина",)},
    Command.TOPICS: {LT: ("temos",), EN: ("topics",), RU: ("темы",), UK: ("теми",)},
}

_BACKGROUND: Mapping[str, Phrasings] = {
    "weather": {
        LT: ("koks rytoj oras", "ar lis savaitgalį"),
        EN: ("weather tomorrow", "will it rain at the weekend"),
        RU: ("какая завтра погода", "будет ли дождь"),
        UK: ("яка завтра погода", "чи буде дощ"),
    },
    "shopping-and-selling": {
        LT: ("parduodu dviratį", "kur pirkti pigų telefoną"),
        EN: ("selling a bicycle", "where to buy a cheap phone"),
        RU: ("продам велосипед", "где купить дешёвый телефон"),
        UK: ("продам велосипед дешево", "де купити дешевий телефон"),
    },
}

_DANGER: Mapping[Language, tuple[Sequence[str], Sequence[str], Sequence[str], Sequence[str]]] = {
    # red patterns, amber patterns, examples, what sounds like it and is not
    LT: (
        ("musa|muse mane", "nori mane uzmusti"),
        ("bijau * vyro",),
        ("vyras mane muša", "jis nori mane užmušti peiliu", "bijau savo vyro, kai grįžta girtas"),
        ("numirsiu iš juoko", "muša laikrodis dvylika"),
    ),
    EN: (
        ("beat*|hit*|hurt* me", "wants to kill me"),
        ("afraid of * husband",),
        ("my husband beats me", "he wants to kill me with a knife", "I am afraid of my husband when he drinks"),
        ("dying to learn Lithuanian", "killed my phone battery"),
    ),
    RU: (
        ("бьет|избил* меня", "хочет * убить"),
        ("боюсь * мужа",),
        ("муж меня избивает", "он хочет меня убить ножом", "боюсь своего мужа когда он пьян"),
        ("умираю со смеху", "убил аккумулятор телефона"),
    ),
    UK: (
        ("бе|б'є|побив* мене", "хоче * вбити"),
        ("боюся * чоловіка",),
        ("чоловік мене побиває", "він хоче мене вбити ножем", "боюся свого чоловіка коли він п'яний"),
        ("вмираю зі сміху", "вбив акумулятор телефону"),
    ),
}


def entry(
    entry_id: str,
    phrasings: Phrasings,
    *,
    topic: str = "daily-life",
    min_confidence: float | None = None,
    aliases: Sequence[str] = (),
    siblings: Sequence[str] = (),
) -> Entry:
    """Return an entry; its question is the first phrasing of each language."""
    facts = EntryFacts(
        status="published",
        owner="editor",
        body=InstitutionId("office"),
        checked=date(2026, 11, 1),
        review_by=date(2027, 5, 1),
        confidence=Confidence.HIGH,
        min_confidence=min_confidence,
        aliases=tuple(map(EntryId, aliases)),
        siblings=tuple(map(EntryId, siblings)),
        sources=(),
    )
    texts = {
        language: EntryText(
            question=said[0],
            label=said[0][:28],
            short=said[0],
            details=said[0],
            phrasings=tuple(said),
            review=Review(state="unreviewed"),
        )
        for language, said in phrasings.items()
    }
    return Entry(id=EntryId(entry_id), topic=TopicId(topic), facts=facts, texts=texts)


def talk(language: Language) -> Talk:
    """Return what people say beside questions, in one of the main languages."""
    return Talk(
        human=tuple(_HUMAN[language]),
        small_talk={kind: tuple(words[language]) for kind, words in _SMALL_TALK.items()},
        commands={command: tuple(words[language]) for command, words in _COMMANDS.items()},
        background={theme: tuple(words[language]) for theme, words in _BACKGROUND.items()},
    )


def danger(language: Language) -> DangerWords:
    """Return words of violence in one of the main languages."""
    red, amber, examples, harmless = _DANGER[language]
    must_match = tuple(
        DangerExample(text=text, level="amber" if "bijau" in text or "afraid" in text else "red") for text in examples
    )
    return DangerWords(
        kinds={DangerKind.VIOLENCE: DangerList(red=tuple(red), amber=tuple(amber), must_match=must_match)},
        must_not_match=tuple(harmless),
    )


def catalogue(
    *entries: Entry, languages: Sequence[Language] = MAIN_LANGUAGES, silent: bool = False, version: str = "1"
) -> Catalogue:
    """Return a catalogue of the given entries, or of `PHRASINGS`; `silent` leaves out talk and danger."""
    chosen = entries or tuple(
        entry(entry_id, {language: said[language] for language in languages}) for entry_id, said in PHRASINGS.items()
    )
    team = TeamId("support")
    words = {language: f"{language} words" for language in MAIN_LANGUAGES}
    return Catalogue(
        version=version,
        topics={
            TopicId("daily-life"): Topic(name=words, sensitive=False, team=team, target=WorkingTime(working_days=1))
        },
        teams={team: Team(name=words)},
        default_team=team,
        institutions={},
        helplines={},
        services={},
        municipalities={},
        entries={one.id: one for one in chosen},
        danger={} if silent else {language: danger(language) for language in languages},
        talk={} if silent else {language: talk(language) for language in languages},
    )
