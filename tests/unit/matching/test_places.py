"""Names of towns in what people write: every town, every ending, and no town where none is named."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml

from bot.content.model import MAIN_LANGUAGES, Language
from bot.matching.places import find_town, is_only_a_town
from bot.matching.text import fold, skeleton
from tests.builders_dialogue import ROOT
from tests.builders_local import places

ALL = [
    (str(place), str(language), place_.town[language])
    for place, place_ in places().items()
    for language in MAIN_LANGUAGES
]
DISTRICTS = [place for place in places() if place.endswith("-district")]

IN_LITHUANIAN = {
    "vilnius": "Vilniaus Vilniui Vilnių Vilniumi Vilniuje",
    "kaunas": "Kauno Kaunui Kauną Kaunu Kaune",
    "klaipeda": "Klaipėdos Klaipėdai Klaipėdą Klaipėdoje Klaipėdoj",
    "siauliai": "Šiaulių Šiauliams Šiaulius Šiauliais Šiauliuose",
    "panevezys": "Panevėžio Panevėžiui Panevėžį Panevėžyje",
    "alytus": "Alytaus Alytui Alytų Alytuje",
    "marijampole": "Marijampolės Marijampolei Marijampolę Marijampolėje",
    "mazeikiai": "Mažeikių Mažeikius Mažeikiuose",
    "jonava": "Jonavos Jonavą Jonavoje Jonavoj",
    "utena": "Utenos Uteną Utenoje",
    "kedainiai": "Kėdainių Kėdainius Kėdainiuose",
    "telsiai": "Telšių Telšius Telšiuose",
    "visaginas": "Visagino Visaginą Visagine",
    "taurage": "Tauragės Tauragę Tauragėje Tauragėj",
    "ukmerge": "Ukmergės Ukmergę Ukmergėje",
    "plunge": "Plungės Plungėje",
    "silute": "Šilutės Šilutę Šilutėje",
    "kretinga": "Kretingos Kretingoje",
    "radviliskis": "Radviliškio Radviliškį Radviliškyje",
    "druskininkai": "Druskininkų Druskininkuose",
    "trakai": "Trakų Trakus Trakuose",
    "birzai": "Biržų Biržus Biržuose",
    "sakiai": "Šakių Šakiuose",
    "kelme": "Kelmės Kelmėje",
    "kaisiadorys": "Kaišiadorių Kaišiadoris Kaišiadoryse",
    "svencionys": "Švenčionių Švenčionyse",
    "sirvintos": "Širvintų Širvintas Širvintose",
    "kazlu-ruda": "Kazlų_Rūdos Kazlų_Rūdoje",
}
IN_RUSSIAN = {
    "vilnius": "Вильнюса Вильнюсу Вильнюсом Вильнюсе вильнюсская",
    "kaunas": "Каунаса Каунасу Каунасом Каунасе каунасской",
    "klaipeda": "Клайпеды Клайпеде Клайпеду Клайпедой клайпедском",
    "siauliai": "Шяуляя Шяуляе Шауляй Шауляе Шяулях",
    "panevezys": "Паневежиса Паневежисе Паневежис Паневежском",
    "alytus": "Алитуса Алитусе",
    "marijampole": "Мариямполе Марьямполе мариямпольской",
    "mazeikiai": "Мажейкяе Мажейкяй",
    "jonava": "Йонавы Йонаве Ионаве Йонаву",
    "utena": "Утены Утене Утену утенской",
    "kedainiai": "Кедайняе Кедайняй",
    "telsiai": "Тельшяе Тельшай Тельшяй",
    "visaginas": "Висагинаса Висагинасе Висагинасом",
    "taurage": "Таураге таурагской",
    "ukmerge": "Укмерге укмергском",
    "trakai": "Тракае Тракай тракайском",
    "silute": "Шилуте шилутском",
    "palanga": "Паланги Паланге Палангу",
    "druskininkai": "Друскининкае Друскининкай",
    "kazlu-ruda": "Казлу-Руды Казлу-Руде",
}
IN_UKRAINIAN = {
    "vilnius": "Вільнюса Вільнюсу Вільнюсом Вільнюсі вільнюський",
    "kaunas": "Каунаса Каунасі Каунасом каунаській",
    "klaipeda": "Клайпеди Клайпеді Клайпеду Клайпедою клайпедському",
    "siauliai": "Шауляя Шауляї Шауляй Шауляєм",
    "panevezys": "Паневежиса Паневежисі Паневежисом",
    "alytus": "Алітуса Алітусі",
    "marijampole": "Маріямполе",
    "mazeikiai": "Мажейкяї Мажейкяй",
    "jonava": "Йонави Йонаві Йонаву Йонавою",
    "utena": "Утени Утені Утену",
    "kedainiai": "Кедайняї Кедайняй",
    "telsiai": "Тельшяї Тельшай",
    "visaginas": "Вісагінаса Вісагінасі Вісагінасом",
    "taurage": "Таураге",
    "ukmerge": "Укмерге",
    "palanga": "Паланги Паланзі Палангу Палангою",
    "kretinga": "Кретинги Кретинзі",
    "varena": "Варени Варені Варену",
}


def forms() -> Iterator[tuple[str, str]]:
    for said in (IN_LITHUANIAN, IN_RUSSIAN, IN_UKRAINIAN):
        for place, words in said.items():
            yield from ((place, word.replace("_", " ")) for word in words.split())


# Every town -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("place", "language", "name"), ALL)
def test_every_municipality_is_found_by_its_name_in_each_language(place: str, language: Language, name: str) -> None:
    del language  # in the name of the case

    for said in (name, name.upper(), name.lower(), fold(name), f"where is a doctor in {name}?"):
        assert find_town(said, places()) == place
    assert is_only_a_town(name, places())


@pytest.mark.parametrize(("place", "form"), sorted(set(forms())))
def test_a_town_is_found_in_any_ending(place: str, form: str) -> None:
    assert find_town(f"мы {form} gyvename", places()) == place
    assert is_only_a_town(form, places())


def test_at_least_fifteen_towns_are_tried_in_each_language() -> None:
    assert min(map(len, (IN_LITHUANIAN, IN_RUSSIAN, IN_UKRAINIAN))) >= 15


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("v kaunase", "kaunas"),
        ("zhivu v klaipede", "klaipeda"),
        ("shiauliuose", "siauliai"),
        ("u vilniusi", "vilnius"),
        ("Vilnus", "vilnius"),
        ("PANEVEZYS", "panevezys"),
        ("kazlu ruda", "kazlu-ruda"),
        ("Kaunе", "kaunas"),  # the last letter is Cyrillic
        ("клайпедa", "klaipeda"),  # so is not the last here
    ],
)
def test_a_town_is_found_in_the_wrong_letters(said: str, place: str) -> None:
    assert find_town(said, places()) == place


# City and district --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", DISTRICTS)
def test_a_district_is_found_by_its_own_name_and_the_city_by_the_bare_one(place: str) -> None:
    city = place.removesuffix("-district")

    assert {find_town(name, places()) for name in places()[place].town.values()} == {place}  # type: ignore[index]  # an id
    assert {find_town(name, places()) for name in places()[city].town.values()} == {city}  # type: ignore[index]  # as above


@pytest.mark.parametrize(
    "said",
    [
        "Kauno rajone",
        "Kauno raj.",
        "gyvenam Kauno r. sav.",
        "Kaunas district",
        "the district of Kaunas",
        "в Каунасском районе",
        "Каунасский р-н",
        "район Каунаса",
        "р-н Каунаса",
        "у Каунаському районі",
        "v kaunasskom rayone",
    ],
)
def test_a_word_for_district_beside_the_name_means_the_district(said: str) -> None:
    assert find_town(said, places()) == "kaunas-district"


@pytest.mark.parametrize(
    "said",
    [
        "Каунас, район Шилайняй",
        "в Каунасе, какой район лучше",
        "Kaune, Šilainių rajone",
        "Kauno miesto savivaldybė",
        "Kaunas, which district is best for kids?",
    ],
)
def test_a_part_of_the_city_is_not_the_district_around_it(said: str) -> None:
    assert find_town(said, places()) == "kaunas"


@pytest.mark.parametrize(
    ("said", "place"), [("Trakų rajone", "trakai"), ("Тракайский район", "trakai"), ("Utena r.", "utena")]
)
def test_a_town_without_a_district_of_its_own_is_its_district(said: str, place: str) -> None:
    assert find_town(said, places()) == place


# Two, or none ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        "iš Vilniaus į Kauną",
        "Kaunas or Klaipėda",
        "з Каунаса до Вільнюса",
        "Каунас Алитус Утена",
        "Vilnius, Kauno rajonas",
    ],
)
def test_two_towns_are_none(said: str) -> None:
    assert find_town(said, places()) is None


@pytest.mark.parametrize("said", ["Vilnius, Вильнюс", "iš Kauno į Kauną", "Vilnius, Vilniaus miestas"])
def test_one_town_named_twice_is_one(said: str) -> None:
    assert find_town(said, places()) is not None


@pytest.mark.parametrize(
    "said",
    [
        "",
        "   ",
        "?!",
        "🙂",
        "1",
        "чи є вільні місця в садку",
        "вільно, вільний, вільних",
        "принять в школу, принести, принтер",
        "darbo birža, biržos, biržą",
        "биржа труда, на биржу, на бирже",
        "skundas, skundą rašyti",
        "kilmės šalis, tautinė kilmė",
        "ką sakyti, sakau, sakė, sakiau",
        "сказал, сказать, шок",
        "варить, вариант, варёная",
        "трактор, трасса, трак",
        "электронный, elektrinis paspirtukas, electric",
        "молитва, молиться",
        "nėščia, nėščiai",
        "kiek kainuoja, nuo kelių metų, kelias",
        "šilta, šiluma, šildymas",
        "teisėtai, tėvai, telefonas",
        "сейчас, зараз, зарплата",
        "калькулятор, календарь, canvas",
        "утка, утечка, utility bills",
        "трое детей, йогурт, ионы",
        "raidė, rajonas, район, district, r",
    ],
)
def test_ordinary_words_are_no_towns(said: str) -> None:
    assert find_town(said, places()) is None
    assert not is_only_a_town(said, places())


@pytest.mark.parametrize(
    "said",
    [
        "Kauno gatvė 5",
        "Vilniaus g. 3",
        "Kalvarijos street",
        "Šiaulių bankas",
        "улица Каунас",
        "вул. Вільнюс",
        "ул. Утенос",
    ],
)
def test_a_street_or_a_bank_called_after_a_town_is_no_town(said: str) -> None:
    assert find_town(said, places()) is None


def test_a_town_beside_its_streets_is_found() -> None:
    assert find_town("Vilniaus g. 3, Jonava", places()) == "jonava"


# Mistyped, where it was asked for -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("Klaipda", "klaipeda"),
        ("klaipdea", "klaipeda"),
        ("Мажейкей", "mazeikiai"),
        ("Мариямполь", "marijampole"),
        ("Panevezzis", "panevezys"),
        ("Druskinikai", "druskininkai"),
    ],
)
def test_one_wrong_letter_is_forgiven_only_where_a_town_was_asked_for(said: str, place: str) -> None:
    assert find_town(said, places(), mistyped=True) == place
    assert find_town(said, places()) is None or said == "Panevezzis"


@pytest.mark.parametrize(
    "said", ["skundas", "Лаздинай", "Lazdynai", "kilmė", "Garliava", "Rukla", "принять", "Riga", "Kyiv", "a" * 400]
)
def test_other_words_are_not_taken_for_mistyped_towns(said: str) -> None:
    assert find_town(said, places(), mistyped=True) is None


# Only a town, or more -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        "Kaunas",
        "в Каунасе",
        "мы живем в Каунасе",
        "ми з Вільнюса",
        "I live in Vilnius, Lithuania",
        "gyvename Kauno rajono savivaldybėje",
        "Каунасский р-н",
        "г. Каунас",
        "Kazlų Rūda.",
    ],
)
def test_the_name_of_a_town_with_words_that_add_nothing_is_only_a_town(said: str) -> None:
    assert is_only_a_town(said, places())


@pytest.mark.parametrize(
    "said",
    [
        "садик Каунас",
        "kindergarten in Kaunas",
        "Kaunas doctor",
        "не Каунас",
        "Kaunas?? help",
        "from Kaunas to Riga",
        "in the city",
        "в",
    ],
)
def test_a_town_with_anything_else_may_be_a_question(said: str) -> None:
    assert not is_only_a_town(said, places())


# Measured on the content: thousands of questions -------------------------------------------------------------------------


def corpus() -> list[str]:
    """Return every phrasing and question, and all talk that is none."""
    found: list[str] = []
    for language in MAIN_LANGUAGES:
        for file in sorted((ROOT / "faq" / language).glob("*.yaml")):
            read = yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader)
            for entry in read.get("entries", {}).values():
                found += [entry["question"], *entry["phrasings"]]
            found += [words for theme in read.get("background", {}).values() for words in theme]
    return found


def test_among_thousands_of_questions_only_those_that_name_a_town_are_taken_to() -> None:
    said = corpus()
    beginnings = {
        place: {x(name)[:4] for name in one.town.values() for x in (fold, skeleton)} for place, one in places().items()
    }

    found = [(words, place) for words in said if (place := find_town(words, places())) is not None]

    doubtful = [
        (words, place)
        for words, place in found
        if not any(word.startswith(tuple(beginnings[place])) for word in f"{fold(words)} {skeleton(words)}".split())
    ]
    assert doubtful == []
    assert len(said) > 5000
    assert 100 < len(found) < len(said) / 10


def test_a_text_of_any_length_is_read_in_no_time() -> None:
    assert find_town("Kaunas " + "слово " * 4000, places()) == "kaunas"
    assert find_town("слово " * 4000 + "Kaunas", places()) is None  # like everything, only its beginning is read
