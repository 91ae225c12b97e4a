import pytest

from bot.content.check.tone import tone
from bot.content.check.view import View
from bot.content.findings import Severity
from bot.content.read import read
from tests.builders_content import TODAY, Content, assert_one_finding, findings, small_content, written


@pytest.fixture
def content() -> Content:
    return small_content()


def entry(content: Content, language: str) -> Content:
    found: Content = content[f"{language}/housing.yaml"]["entries"]["deposit"]
    return found


def said(content: Content, language: str, words: str) -> list[str]:
    """Return what the check says of one short answer's tone."""
    entry(content, language)["short"] = words
    return [finding.fact for finding in tone(View(read(written(content)), TODAY))]


@pytest.mark.parametrize(
    ("language", "words", "found"),
    [
        ("en", "This is for illegal migrants.", "illegal migrants"),
        ("en", "Illegals have no right.", "Illegals"),
        ("en", "Illegal\n  immigrants have rights.", "Illegal immigrants"),
        ("en", "You are illegal without a card.", "You are illegal"),
        ("en", "If you stay here illegally, ask a lawyer.", "stay here illegally"),
        ("en", "Alien workers can join.", "Alien"),
        ("lt", "Nelegalai negauna.", "Nelegalai"),
        ("lt", "Nelegaliems migrantams padeda.", "Nelegaliems migrantams"),
        ("lt", "Neteisėtai gyvenantys žmonės gali prašyti.", "Neteisėtai gyvenantys"),
        ("lt", "Padeda nelegaliems darbuotojams.", "nelegaliems darbuotojams"),
        ("ru", "Нелегалы не получают.", "Нелегалы"),
        ("ru", "Нелегальные мигранты могут.", "Нелегальные мигранты"),
        ("ru", "Если вы находитесь здесь незаконно, спросите.", "находитесь здесь незаконно"),
        ("uk", "Для нелегальних мігрантів.", "нелегальних мігрантів"),
        ("uk", "Якщо ви живете нелегально, спитайте.", "живете нелегально"),
    ],
)
def test_nobody_is_called_illegal(content: Content, language: str, words: str, found: str) -> None:
    (fact,) = said(content, language, words)

    assert f'"{found}" (better: ' in fact


@pytest.mark.parametrize(
    ("language", "words", "found"),
    [
        ("lt", "Deja, ne.", '"Deja" (better: leave it out)'),
        ("lt", "Turėjote kreiptis anksčiau.", '"Turėjote kreiptis" (better: dabar galite …)'),
        ("en", "Unfortunately, no.", '"Unfortunately" (better: leave it out)'),
        ("en", "You should have asked before.", '"You should have" (better: you can …)'),
        ("en", "Thank you for your question.", '"Thank you for" (better: leave it out)'),
        ("ru", "К сожалению, нет.", '"К сожалению" (better: leave it out)'),
        ("ru", "Вам следовало спросить раньше.", '"Вам следовало" (better: сейчас можно …)'),
        ("uk", "На жаль, ні.", '"На жаль" (better: leave it out)'),
        ("uk", "Ви повинні були спитати раніше.", '"Ви повинні були" (better: тепер можна …)'),
    ],
)
def test_regret_and_blame_are_found(content: Content, language: str, words: str, found: str) -> None:
    assert said(content, language, words) == [f'"short" says {found}.']


@pytest.mark.parametrize(
    ("language", "words", "found"),
    [
        ("lt", "Vadovaujantis tvarka, būtina kreiptis į skyrių.", ("Vadovaujantis", "būtina kreiptis")),
        ("lt", "Pažymėtina, kad tai nemokama.", ("Pažymėtina",)),
        ("lt", "Esant poreikiui, ateikite.", ("Esant poreikiui",)),
        ("en", "Please be informed that it is free.", ("Please be informed",)),
        ("en", "Pursuant to the law, you shall apply prior to arrival.", ("Pursuant to", "shall", "prior to")),
        ("en", "In the event of a refusal, ask.", ("In the event of",)),
        ("ru", "В соответствии с законом надлежит прийти.", ("В соответствии с", "надлежит")),
        ("ru", "Это является обязательным.", ("является обязательным",)),
        ("ru", "Выплату осуществляют здесь.", ("осуществляют",)),
        ("uk", "Відповідно до закону необхідно звернутися сюди.", ("Відповідно до", "необхідно звернутися")),
        ("uk", "Це є обовʼязковим.", ("є обов'язковим",)),
        ("uk", "Виплати здійснює місто.", ("здійснює",)),
    ],
)
def test_the_language_of_offices_is_found(content: Content, language: str, words: str, found: tuple[str, ...]) -> None:
    (fact,) = said(content, language, words)

    assert [piece for piece in found if f'"{piece}" (better: ' not in fact] == []


@pytest.mark.parametrize(
    ("language", "words", "found"),
    [
        ("lt", "Atsineškite, pvz., pasą.", '"pvz." (better: pavyzdžiui)'),
        ("lt", "Tai yra t. y. viskas.", '"t. y." (better: tai yra)'),
        ("lt", "Nuo {term} m. birželio.", '"m." (better: metai)'),
        ("en", "Bring e.g. a passport.", '"e.g." (better: for example)'),
        ("en", "Passport, photos etc.", '"etc." (better: and so on)'),
        ("ru", "Паспорт, фото и т. д.", '"и т. д." (better: и так далее)'),
        ("ru", "С {term} г. это так.", '"г." (better: год)'),
        ("uk", "Паспорт та ін.", '"та ін." (better: та інші)'),
        ("en", "The form (on paper) is here.", '"(on paper)" (better: no brackets)'),
        ("uk", "Заява [на папері] тут.", '"[на папері]" (better: no brackets)'),
        ("en", "The form (on paper is here.", '"(on paper is here." (better: no brackets)'),
    ],
)
def test_abbreviations_and_brackets_are_found(content: Content, language: str, words: str, found: str) -> None:
    assert said(content, language, words) == [f'"short" says {found}.']


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Work without a contract is illegal. It is not your fault. Say sorry to your child."),
        ("en", "You should ask first. She should have a contract. Note the day. Is it an issue? No. Yes."),
        ("lt", "Nelegalus darbas pavojingas. Tai ne Jūsų kaltė. Turėjote tik laikiną leidimą?"),
        ("lt", "Klauskite, ar būtina viza. Dokumentus išversti nebūtina. Ateikite kuo anksčiau."),
        ("lt", "Padeda „Vadovaujantis teisės aktų nustatyta tvarka“ skyrius."),
        ("ru", "Нелегальная работа опасна. Это не ваша вина. Вы согласны? Учиться обязательно."),
        ("ru", "Незаконно выбрасывать вещи. Спросите номер, час и год."),
        ("uk", "Незаконно вимикати світло. Це не ваша провина. У разі небезпеки телефонуйте."),
        ("uk", "Виплата у зв'язку з вагітністю. Ідіть цим шляхом."),
    ],
)
def test_words_that_only_look_like_it_are_no_finding(content: Content, language: str, words: str) -> None:
    assert said(content, language, words) == []


def test_a_word_of_one_language_is_not_looked_for_in_another(content: Content) -> None:
    assert said(content, "uk", "Закон називається shall, deja.") == []


def test_a_language_without_a_table_is_only_asked_for_brackets(content: Content) -> None:
    content["be/housing.yaml"] = {"entries": {"deposit": {**entry(content, "en"), "short": "На жаль (так)."}}}

    assert_one_finding(content, ("be/housing.yaml", "short:"), '"short" says "(так)"', Severity.WARNING)


def test_a_text_has_one_finding_however_much_reads_badly(content: Content) -> None:
    words = entry(content, "en")
    words["short"] = "Unfortunately, no. Unfortunately not."
    words["details"] += "\n- You should have asked, e.g. here."

    assert_one_finding(
        content,
        ("en/housing.yaml", "short:"),
        '"short" says "Unfortunately" (better: leave it out); '
        '"details" says "You should have" (better: you can …), "e.g." (better: for example).',
        Severity.WARNING,
    )


def test_what_is_said_of_a_town_is_looked_at_too(content: Content) -> None:
    for language in ("lt", "en", "ru", "uk"):
        entry(content, language)["towns"] = {"place-01": "Unfortunately."}

    assert_one_finding(content, ("en/housing.yaml", "place-01:"), '"towns.place-01" says', Severity.WARNING)


def test_phrasings_are_left_as_people_type(content: Content) -> None:
    entry(content, "en")["phrasings"][0] = "unfortunately i am illegal (no visa)"

    assert findings(content) == []
