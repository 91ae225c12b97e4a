"""Tone: words that blame, regret or come from an office, abbreviations and brackets.

The table says how each language sounds when it is hard to read; what is not in it is a matter for a reader, not a rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from bot.content.check.view import View, in_english
from bot.content.findings import Finding
from bot.content.model import ENGLISH, LITHUANIAN, RUSSIAN, UKRAINIAN, Language
from bot.content.render import PLACEHOLDER


@dataclass(frozen=True)
class Wording:
    """Words that a text should not have, and better ones, if any can be named.

    Words stand in order: `*` is any letters, `|` separates alternatives of one place, as in patterns of danger.
    """

    words: str
    better: str = ""

    @cached_property
    def pattern(self) -> str:
        """The same as a regular expression without groups."""
        places = (f"(?:{re.escape(place)})" for place in self.words.split())
        return r"\s+".join(places).replace(r"\*", r"\w*").replace(r"\|", "|")


_LEAVE_OUT = "leave it out"
_NO_PERMIT = {
    LITHUANIAN: "be leidimo, be dokumentų",
    ENGLISH: "without a permit, without papers",
    RUSSIAN: "без разрешения, без документов",
    UKRAINIAN: "без дозволу, без документів",
}
_PERSONS = {
    LITHUANIAN: "*migrant*|asmen*|asmuo|žmogus|žmog*|žmon*|užsienie*|gyventoj*|prieglobs*|šeim*|vaik*|darbuotoj*|moter*",
    ENGLISH: "*migrant*|alien*|people|person*|foreigner*|worker*|resident*|entrant*|famil*|child*|refugee*|women|men"
    "|parent*|asylum*|citizen*|immigration|migration",
    RUSSIAN: "*мигрант*|человек*|люд*|лиц*|иностран*|работник*|жител*|бежен*|приезж*|семь*|дет*|ребён*|женщин*|мужчин*"
    "|*миграци*",
    UKRAINIAN: "*мігрант*|людин*|люд*|особ*|інозем*|працівник*|мешкан*|біжен*|приїжд*|родин*|сім*|діт*|дит*|жінк*"
    "|чоловік*|*міграці*",
}
_NO_PERSON_IS_ILLEGAL: Mapping[Language, tuple[str, ...]] = {
    LITHUANIAN: (
        f"nelegal*|neteisėt* {_PERSONS[LITHUANIAN]}",
        "nelegalas|nelegalai|nelegalams|nelegalais|nelegalui|nelegalo|nelegale",
        "neteisėtai|nelegaliai gyven*|būn*|es*|atvyk*|liek*|buv*",
        "gyven*|būn*|esate|atvyk*|liek*|buv* neteisėtai|nelegaliai",
    ),
    ENGLISH: (
        f"illegal|illegals {_PERSONS[ENGLISH]}",
        "illegals",
        "you|they|he|she|we|people|parents|children|migrants|foreigners are|is|were|was illegal|illegally",
        "are|is|were|was|being here illegally",
        "stay*|liv*|resid*|remain*|came|come|coming|arriv* illegally",
        "stay*|liv*|resid*|remain*|came|come|coming|arriv* here illegally",
    ),
    RUSSIAN: (
        f"нелегальн*|незаконн* {_PERSONS[RUSSIAN]}",
        "нелегал|нелегалы|нелегалов|нелегалам|нелегалами|нелегалах|нелегала|нелегалу|нелегалом|нелегалка|нелегалки",
        "наход*|жив*|жил*|прожива*|пребыва*|остав*|приех*|въех* нелегально|незаконно",
        "наход*|жив*|жил*|прожива*|пребыва*|остав*|приех*|въех* здесь нелегально|незаконно",
        "нелегально|незаконно наход*|жив*|жил*|прожива*|пребыва*|остав*|приех*|въех*",
    ),
    UKRAINIAN: (
        f"нелегальн*|незаконн* {_PERSONS[UKRAINIAN]}",
        "нелегал|нелегали|нелегалів|нелегалам|нелегалами|нелегалах|нелегала|нелегалу|нелегалом|нелегалка|нелегалки",
        "перебува*|жив*|жил*|прожива*|залиш*|приїх*|в'їх* нелегально|незаконно",
        "перебува*|жив*|жил*|прожива*|залиш*|приїх*|в'їх* тут нелегально|незаконно",
        "нелегально|незаконно перебува*|жив*|жил*|прожива*|залиш*|приїх*",
    ),
}
_TABLE: Mapping[Language, tuple[Wording, ...]] = {
    LITHUANIAN: (
        # regret, thanks and excuses before the point
        Wording("deja", _LEAVE_OUT),
        Wording("apgailestau*", _LEAVE_OUT),
        Wording("gaila, kad", _LEAVE_OUT),
        Wording("atsiprašome", _LEAVE_OUT),
        Wording("dėkojame, kad", _LEAVE_OUT),
        # blame
        Wording("turėjote *ti|*tis", "dabar galite …"),
        Wording("turėjote anksčiau|iškart|laiku *ti|*tis", "dabar galite …"),
        Wording("patys kalti|kaltos"),
        Wording("tai Jūsų kaltė"),
        # the language of offices
        Wording("vadovaujantis", "pagal"),
        Wording("remiantis", "pagal"),
        Wording("būtina kreiptis", "kreipkitės"),
        Wording(
            "būtina pateikti|atvykti|užpildyti|sumokėti|deklaruoti|registruotis|užsiregistruoti",
            "pateikite, atvykite …",
        ),
        Wording("privaloma|privalu kreiptis|pateikti|atvykti|užpildyti|sumokėti", "kreipkitės, pateikite …"),
        Wording("pažymėtina", _LEAVE_OUT),
        Wording("atkreiptinas|atkreipiame dėmes*", _LEAVE_OUT),
        Wording("informuojame", _LEAVE_OUT),
        Wording("primename, kad", _LEAVE_OUT),
        Wording("siekiant", "jei norite, kad"),
        Wording("esant poreikiui|būtinybei|reikalui", "jei reikia"),
        Wording("aukščiau|žemiau minėt*|nurodyt*|išvardyt*", "pavadinkite dar kartą"),
        Wording("nustatyta tvarka", "pasakykite, kaip"),
        Wording("teisės aktų nustatyt*", "pasakykite, kaip"),
        Wording("įgyvendin* teis*", "naudotis teise"),
        Wording("vykdyti|vykdo|atlikti mokėjim*|registracij*|deklaravim*", "mokėti, registruotis …"),
    ),
    ENGLISH: (
        Wording("unfortunately", _LEAVE_OUT),
        Wording("regrettably", _LEAVE_OUT),
        Wording("sadly", _LEAVE_OUT),
        Wording("oops", _LEAVE_OUT),
        Wording("we regret", _LEAVE_OUT),
        Wording("we are sorry", _LEAVE_OUT),
        Wording("we're sorry", _LEAVE_OUT),
        Wording("we apologise|apologize", _LEAVE_OUT),
        Wording("thank you for", _LEAVE_OUT),
        Wording("you should have", "you can …"),
        Wording("you shouldn't have", "you can …"),
        Wording("you should not have", "you can …"),
        Wording("you ought to have", "you can …"),
        Wording("you failed|neglected to", "you can …"),
        Wording("it is your fault"),
        Wording("it is your own fault"),
        Wording("please be informed|advised|aware|reminded", _LEAVE_OUT),
        Wording("be advised", _LEAVE_OUT),
        Wording("please note", _LEAVE_OUT),
        Wording("note that", _LEAVE_OUT),
        Wording("it should be noted", _LEAVE_OUT),
        Wording("pursuant to", "under"),
        Wording("in accordance with", "under, by"),
        Wording("notwithstanding", "although"),
        Wording("hereby|herein|hereinafter|thereof|therein|thereto", _LEAVE_OUT),
        Wording("aforementioned|abovementioned|above-mentioned", "name it again"),
        Wording("the said", "this"),
        Wording("prior to", "before"),
        Wording("subsequent to", "after"),
        Wording("in the event of|that", "if"),
        Wording("with regard|respect to", "about"),
        Wording("in respect of", "about"),
        Wording("for the purpose of", "to, for"),
        Wording("in lieu of", "instead of"),
        Wording("inter alia", "among others"),
        Wording("commence*", "begin"),
        Wording("utilise*|utilize*|utilisation|utilization", "use"),
        Wording("endeavour*|endeavor*", "try"),
        Wording("ascertain*", "find out"),
        Wording("shall", "must"),
        Wording("is|are obliged to", "must"),
        Wording("it is mandatory|obligatory|necessary to", "you must"),
        Wording("alien|aliens", "people from abroad"),
    ),
    RUSSIAN: (
        Wording("к сожалению", _LEAVE_OUT),
        Wording("увы", _LEAVE_OUT),
        Wording("сожалеем", _LEAVE_OUT),
        Wording("приносим извинения", _LEAVE_OUT),
        Wording("просим прощения", _LEAVE_OUT),
        Wording("благодарим за", _LEAVE_OUT),
        Wording("вы должны|обязаны были", "сейчас можно …"),
        Wording("вам следовало", "сейчас можно …"),
        Wording("вам надо|нужно было", "сейчас можно …"),
        Wording("сами виноваты"),
        Wording("это ваша вина"),
        Wording("в соответствии с|со", "по"),
        Wording("согласно", "по"),
        Wording("надлежит", "нужно"),
        Wording("надлежащ*", "правильный"),
        Wording("является|являются обязательн*", "нужно"),
        Wording("осуществ*", "делать, проводить"),
        Wording("вышеуказанн*|вышеупомянут*|вышеназванн*|нижеследующ*|нижеуказанн*", "назовите ещё раз"),
        Wording("в целях", "чтобы"),
        Wording("посредством", "через"),
        Wording("ввиду", "из-за"),
        Wording("уведомляем|информируем", _LEAVE_OUT),
        Wording("доводим до сведения", _LEAVE_OUT),
        Wording("в установленном порядке", "скажите, как"),
        Wording("в установленном законом порядке", "скажите, как"),
        Wording("в случае наличия|отсутствия|необходимости", "если есть, если нет, если нужно"),
        Wording("данный|данного|данному|данным|данном|данной вопрос*|документ*|закон*|случа*|услуг*|заявлен*", "этот"),
        Wording("необходимо обратиться|предоставить|представить|подать|иметь|оформить", "обратитесь, подайте …"),
        Wording("следует|необходимо отметить|учитывать", _LEAVE_OUT),
        Wording("обращаем внимание", _LEAVE_OUT),
        Wording("произвести|производить|производится оплат*|выплат*|регистрац*", "заплатить, зарегистрировать"),
    ),
    UKRAINIAN: (
        Wording("на жаль", _LEAVE_OUT),
        Wording("шкодуємо", _LEAVE_OUT),
        Wording("перепрошуємо", _LEAVE_OUT),
        Wording("просимо вибачення", _LEAVE_OUT),
        Wording("дякуємо за", _LEAVE_OUT),
        Wording("ви повинні|мусили|зобов'язані були", "тепер можна …"),
        Wording("вам слід|треба|потрібно було", "тепер можна …"),
        Wording("самі винні"),
        Wording("це ваша провина|вина"),
        Wording("відповідно до", "за"),
        Wording("згідно з|із|зі", "за"),
        Wording("необхідно звернутися|надати|подати|мати|оформити", "зверніться, подайте …"),
        Wording("здійсн*", "робити, проводити"),
        Wording("є обов'язковим|обов'язковою|обов'язковими", "треба"),
        Wording("вищезазначен*|вищевказан*|вищезгадан*|нижчезазначен*|нижченаведен*", "назвіть ще раз"),
        Wording("з метою", "щоб"),
        Wording("шляхом подання|звернення|надання|оформлення", "подайте, зверніться …"),
        Wording("повідомляємо|інформуємо", _LEAVE_OUT),
        Wording("доводимо до відома", _LEAVE_OUT),
        Wording("в|у установленому|встановленому порядку", "скажіть, як"),
        Wording("в|у установленому|встановленому законом порядку", "скажіть, як"),
        Wording("у разі наявності|відсутності|необхідності|потреби", "якщо є, якщо немає, якщо треба"),
        Wording("даний|даного|даному|даним|даної документ*|закон*|випад*|послуг*|заяв*|питан*", "цей"),
        Wording("слід|необхідно зазначити|зауважити|враховувати", _LEAVE_OUT),
        Wording("звертаємо увагу", _LEAVE_OUT),
        Wording("належним чином", "правильно"),
        Wording("являється|являються", "є"),
    ),
}
"""What reads badly, by language. Names of laws stand in „…" and are read over."""

_ABBREVIATIONS: Mapping[Language, Mapping[str, str]] = {
    LITHUANIAN: {
        "pvz.": "pavyzdžiui",
        "t. y.": "tai yra",
        "t.y.": "tai yra",
        "ir pan.": "ir panašiai",
        "ir kt.": "ir kita",
        "ir t. t.": "ir taip toliau",
        "tel.": "telefonas",
        "val.": "valanda",
        "min.": "minutė",
        "mėn.": "mėnuo",
        "sav.": "savivaldybė",
        "proc.": "procentai",
        "Nr.": "numeris",
        "el.": "elektroninis",
        "a. k.": "asmens kodas",
        "š. m.": "šie metai",
        "{} m.": "metai",
        "{} d.": "diena",
    },
    ENGLISH: {
        "e.g.": "for example",
        "i.e.": "that is",
        "etc.": "and so on",
        "approx.": "about",
        "incl.": "with",
        "max.": "at most",
        "tel.": "phone",
        "dept.": "department",
        "vs.": "or",
        "asap": "soon, by when",
    },
    RUSSIAN: {
        "т. е.": "то есть",
        "т.е.": "то есть",
        "и т. д.": "и так далее",
        "и т.д.": "и так далее",
        "и т. п.": "и тому подобное",
        "и т.п.": "и тому подобное",
        "т. к.": "потому что",
        "т.к.": "потому что",
        "и др.": "и другие",
        "напр.": "например",
        "тел.": "телефон",
        "см.": "смотрите",
        "ул.": "улица",
        "мин.": "минута",
        "{} г.": "год",
        "{} гг.": "годы",
        "{} ч.": "час",
        "{} мес.": "месяц",
        "{} дн.": "день",
    },
    UKRAINIAN: {
        "т. зв.": "так званий",
        "і т. д.": "і так далі",
        "і т.д.": "і так далі",
        "та ін.": "та інші",
        "й ін.": "й інші",
        "напр.": "наприклад",
        "тел.": "телефон",
        "див.": "дивіться",
        "вул.": "вулиця",
        "хв.": "хвилина",
        "{} р.": "рік",
        "{} рр.": "роки",
        "{} год.": "година",
        "{} міс.": "місяць",
        "{} дн.": "день",
    },
}
"""The short form and the whole word. `{}` stands for a value. Acronyms that people say (SMS, ID) are words."""

_QUOTED = re.compile('„[^“”"]*[“”"]')
# Figures in brackets are a piece of a phone number: an error of its own.
_BRACKETS = re.compile(r"[(\[](?![\d\s-]+\))[^()\[\]]*[)\]]?|(?<![\d\s])[)\]]")


def _straight(words: str) -> str:
    """Return words with one kind of apostrophe, that of the table."""
    return words.replace("’", "'").replace("ʼ", "'")


class _Rules:
    """The table of one language, made quick: what can be seen to be absent is not looked for."""

    def __init__(self, language: Language) -> None:
        wordings = [*_TABLE.get(language, ())]
        wordings += [Wording(words, _NO_PERMIT[language]) for words in _NO_PERSON_IS_ILLEGAL.get(language, ())]
        self._rules = [(_hints(one.words), _whole(one.pattern), one.better) for one in wordings]
        for short, long in _ABBREVIATIONS.get(language, {}).items():
            pattern = re.escape(short).replace(r"\{\}", r"(?<=\{\})").replace(r"\ ", r"\s+")
            self._rules.append(((short.lower().replace("{}", "}"),), _whole(pattern), long))
        self._rules.append((("(", ")", "[", "]"), _BRACKETS, "no brackets"))

    def possible(self, words: str) -> list[tuple[re.Pattern[str], str]]:
        """Return the patterns that may be in a text, with what is better."""
        lowered = _straight(" ".join(words.lower().split()))
        return [(pattern, better) for hints, pattern, better in self._rules if any(map(lowered.__contains__, hints))]


def _hints(words: str) -> tuple[str, ...]:
    """Return letters of which some must be there: of each alternative of one place its longest fixed part."""
    hints = (tuple(max(part.split("*"), key=len).lower() for part in place.split("|")) for place in words.split())
    return max(hints, key=lambda parts: min(map(len, parts)))


def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)


_BY_LANGUAGE = {language: _Rules(language) for language in _TABLE}
_NO_TABLE = _Rules(Language("und"))


def tone(view: View) -> Iterator[Finding]:
    """Find texts that blame, regret, speak like an office, abbreviate, or put things in brackets."""
    for text in view.texts:
        seen = text.seen()
        possible = _BY_LANGUAGE.get(text.language, _NO_TABLE).possible("\n".join(seen.values()))
        found = {field: _said(words, possible) for field, words in seen.items()} if possible else {}
        fields = [field for field, said in found.items() if said]
        if fields:
            yield view.warning(
                text.file,
                text.path(fields[0]),
                "; ".join(f'"{field}" says {", ".join(found[field])}' for field in fields) + ".",
                f"Whoever is tired, afraid or learning {in_english(text.language)} feels blamed, or stops reading.",
                "Say in whole, plain words what can be done. Name the situation, never the person: nobody is illegal.",
            )


def _said(words: str, possible: list[tuple[re.Pattern[str], str]]) -> list[str]:
    plain = _straight(_QUOTED.sub(" ", PLACEHOLDER.sub("{}", words)))
    found = {" ".join(match.split()): better for pattern, better in possible for match in pattern.findall(plain)}
    return [f'"{match}" (better: {better})' if better else f'"{match}"' for match, better in found.items()]
