"""What the bot itself says: the catalogues under `locales/` are complete, current and worded as agreed, and are read right."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import PoFileError, read_po

from bot.content.messages import Messages, check_catalogues
from bot.content.model import ENGLISH, LITHUANIAN, MAIN_LANGUAGES, RUSSIAN, UKRAINIAN, Language

ROOT = Path(__file__).parents[3]
LOCALES = ROOT / "locales"
FILES = {Language(path.parts[-3].replace("_", "-")): path for path in sorted(LOCALES.glob("*/LC_MESSAGES/tiltas.po"))}
LANGUAGES = tuple(FILES)

TELEGRAM_CUTS_BUTTONS_NEAR = 28
HALF_A_ROW = 14
LONGEST_COMMAND = 40
SIDE_BY_SIDE = frozenset({"Helped", "Not this"})
LONGEST_SENTENCE = {LITHUANIAN: 15}
"""In words; 20 in other languages."""

CHILD = "to a child"
AVOIDED: Mapping[Language, tuple[str, ...]] = {
    ENGLISH: (
        *("unfortunately", "sorry", "oops", "be informed", "illegal", "you should have", "knowledge base"),
        *("tickets?", "agents?", "operators?", "users?(?! name)", "clients?", "intents?", "articles?"),
    ),
    LITHUANIAN: (
        *("deja", "atsiprašome", "informuojame", r"nelegal\w*", r"neteisėt\w*", "turėjote", "būtina"),
        *(r"operatori\w*", r"vartotoj\w*", r"klient\w*", r"agent\w*", "tu", "tau", "tave", "tavo"),
    ),
    RUSSIAN: (
        *("к сожалению", "увы", "извините", "сообщаем вам", "уведомляем", r"нелегал\w*", r"незаконн\w*"),
        *("вам следовало", "необходимо", r"оператор\w*", r"(?<!имя )пользовател\w*", r"клиент\w*", r"агент\w*"),
        *("ты", "тебе", "тебя", r"тво\w+"),
    ),
    UKRAINIAN: (
        *("на жаль", "нажаль", "вибачте", "повідомляємо вас", r"нелегал\w*", r"незаконн\w*", "вам слід було"),
        *("необхідно", r"оператор\w*", r"(?<!ім'я )користувач\w*", r"клієнт\w*", r"агент\w*"),
        *("ти", "тобі", "тебе", r"тв[оії]\w*"),
    ),
}

IMPOLITE: Mapping[Language, str] = {
    LITHUANIAN: r"\b(jūs|jūsų|jums|jus|jumis)\b",
    RUSSIAN: r"(?<![.?!:] )(?<!^)\b(Вы|Вас|Вам|Вами|Ваш\w*)\b",
    UKRAINIAN: r"(?<![.?!:] )(?<!^)\b(Ви|Вас|Вам|Вами|Ваш\w*)\b",
}
"""Lithuanian writes the polite "you" with a capital; Russian and Ukrainian do so only where a sentence begins."""

GUESSED_GENDER: Mapping[Language, str] = {
    RUSSIAN: r"\w/\w|\b(вы|я) (не )?\w+(ен|на|л|ла|лся|лась)\b|\b(уверен|готов|рад)а?\b",
    UKRAINIAN: r"\w/\w|\b(ви|я) (не )?\w+(ен|на|в|ла|вся|лася)\b|\b(впевнен|готов|рад)(ий|а)\b",
}
"""Past tenses and short adjectives in the singular, beside "you" or "I"."""

DAYS: Mapping[Language, tuple[str, ...]] = {
    LITHUANIAN: ("1 darbo dieną", "2 darbo dienas", "5 darbo dienas", "11 darbo dienų", "21 darbo dieną"),
    ENGLISH: ("1 working day", "2 working days", "5 working days", "11 working days", "21 working days"),
    RUSSIAN: ("1 рабочего дня", "2 рабочих дней", "5 рабочих дней", "11 рабочих дней", "21 рабочего дня"),
    UKRAINIAN: ("1 робочого дня", "2 робочих днів", "5 робочих днів", "11 робочих днів", "21 робочого дня"),
}
HOURS: Mapping[Language, tuple[str, ...]] = {
    LITHUANIAN: ("1 darbo valandą", "2 darbo valandas", "5 darbo valandas", "11 darbo valandų", "21 darbo valandą"),
    ENGLISH: ("1 working hour", "2 working hours", "5 working hours", "11 working hours", "21 working hours"),
    RUSSIAN: ("1 рабочего часа", "2 рабочих часов", "5 рабочих часов", "11 рабочих часов", "21 рабочего часа"),
    UKRAINIAN: ("1 робочої години", "2 робочих годин", "5 робочих годин", "11 робочих годин", "21 робочої години"),
}

in_each_language = pytest.mark.parametrize("language", LANGUAGES)


def forms(texts: object) -> tuple[str, ...]:
    """Return the forms of a msgid or msgstr: one, or one for each plural."""
    if isinstance(texts, str):
        return (texts,)
    return tuple(str(text) for text in texts) if isinstance(texts, (tuple, list)) else ()


def catalogue_of(path: Path, language: Language | None = None) -> Catalog:
    locale = language.replace("-", "_") if language else None
    with path.open(encoding="utf-8") as file:
        return read_po(file, locale=locale, abort_invalid=True)


TEMPLATE = catalogue_of(LOCALES / "messages.pot")
CATALOGUES = {language: catalogue_of(path, language) for language, path in FILES.items()}


def messages_in(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def ids(catalogue: Catalog) -> list[tuple[str, ...]]:
    return [forms(message.id) for message in messages_in(catalogue)]


def written(language: Language, to: str | None = None) -> list[tuple[str, str]]:
    """Return every text of a language beside the msgid it stands for, plural forms one by one.

    `to` is whom texts are for, where they are not for adults.
    """
    return [
        (forms(message.id)[-1], text)
        for message in messages_in(CATALOGUES[language])
        for text in forms(message.string)
        if message.context == to
    ]


def in_the_code() -> set[tuple[str, ...]]:
    keywords = {"gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
    return {forms(found[2]) for found in extract_from_dir(ROOT / "bot", keywords=keywords)}


def button_labels() -> Iterator[str]:
    """Yield the msgids that the code puts on a button: `Button(….gettext("…"), …)`."""
    for path in sorted((ROOT / "bot").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Name("Button"),
                    args=[ast.Call(func=ast.Attribute(attr="gettext"), args=[ast.Constant(str(label))]), *_],
                ):
                    yield label


LABELS = tuple(sorted(set(button_labels())))


def commands() -> Iterator[str]:
    """Yield the msgids that describe a command: `("help", ….gettext("…"))`."""
    for node in ast.walk(ast.parse((ROOT / "bot/channels/telegram/profile.py").read_text(encoding="utf-8"))):
        match node:
            case ast.Tuple(
                [ast.Constant(), ast.Call(func=ast.Attribute(attr="gettext"), args=[ast.Constant(str(text))])]
            ):
                yield text


@pytest.fixture(scope="module")
def messages() -> Messages:
    return Messages({language: path.read_text(encoding="utf-8") for language, path in FILES.items()})


# Complete and current -------------------------------------------------------------------------------------------------


def test_every_main_language_has_a_catalogue() -> None:
    assert set(MAIN_LANGUAGES) <= set(LANGUAGES)


def test_the_template_holds_what_the_code_says() -> None:
    assert set(ids(TEMPLATE)) == in_the_code(), "Run: make messages"


@in_each_language
def test_a_catalogue_holds_what_the_code_says_in_the_order_of_the_template(language: Language) -> None:
    assert ids(CATALOGUES[language]) == ids(TEMPLATE), "Run: make messages"


@in_each_language
def test_every_text_is_translated_in_all_its_forms(language: Language) -> None:
    catalogue = CATALOGUES[language]

    missing = [
        message.id
        for message in messages_in(catalogue)
        if len(forms(message.string)) != (catalogue.num_plurals if message.pluralizable else 1)
        or not all(text.strip() for text in forms(message.string))
    ]

    assert missing == []


@in_each_language
def test_nothing_is_left_fuzzy_or_obsolete(language: Language) -> None:
    catalogue = CATALOGUES[language]

    assert [message.id for message in messages_in(catalogue) if message.fuzzy] == []
    assert list(catalogue.obsolete) == []
    assert not catalogue.fuzzy


@in_each_language
def test_the_plural_rule_is_the_languages_own(language: Language) -> None:
    own = Catalog(locale=language.replace("-", "_"))

    assert CATALOGUES[language].plural_forms == own.plural_forms


def test_files_bear_no_line_numbers_and_nothing_that_changes_at_each_run() -> None:
    for path in (LOCALES / "messages.pot", *FILES.values()):
        text = path.read_text(encoding="utf-8")

        assert "POT-Creation-Date" not in text
        assert "Generated-By" not in text
        assert '"Last-Translator: Tiltas\\n"' in text
        places = [place for line in re.findall(r"^#: (.+)$", text, re.MULTILINE) for place in line.split()]
        assert places
        assert [place for place in places if not re.fullmatch(r"bot/[\w/]+\.py", place)] == []


# Wording --------------------------------------------------------------------------------------------------------------


@in_each_language
def test_placeholders_are_those_of_the_code(language: Language) -> None:
    placeholder = re.compile(r"\{[^{}]*\}")

    wrong = [
        text
        for msgid, text in written(language)
        if sorted(placeholder.findall(text)) != sorted(placeholder.findall(msgid))
    ]

    assert wrong == []


def test_the_buttons_of_the_code_are_found() -> None:
    assert {"Talk to a person", "I cannot call", *SIDE_BY_SIDE} <= set(LABELS)


@in_each_language
def test_a_button_fits_a_small_screen(language: Language, messages: Messages) -> None:
    labels = {label: messages.of(language).gettext(label) for label in LABELS}

    assert {shown for shown in labels.values() if len(shown) > TELEGRAM_CUTS_BUTTONS_NEAR} == set()
    assert {labels[label] for label in SIDE_BY_SIDE if len(labels[label]) > HALF_A_ROW} == set()


@in_each_language
def test_no_two_buttons_say_the_same(language: Language, messages: Messages) -> None:
    labels = [messages.of(language).gettext(label).casefold() for label in LABELS]

    assert len(set(labels)) == len(labels)


@in_each_language
def test_a_command_is_described_in_one_line_of_a_phone(language: Language, messages: Messages) -> None:
    texts = [messages.of(language).gettext(text) for text in commands()]

    assert texts
    assert [text for text in texts if len(text) > LONGEST_COMMAND] == []


@in_each_language
def test_avoided_words_do_not_occur(language: Language) -> None:
    avoided = re.compile(rf"\b(?:{'|'.join(AVOIDED[language])})\b", re.IGNORECASE)

    assert [text for _, text in written(language) if avoided.search(text)] == []


@pytest.mark.parametrize(
    ("language", "polite"),
    [
        (LITHUANIAN, r"\bJū[ss]|\bJum|\w+kite\b"),
        (RUSSIAN, r"\bвы\b|\bва[мсш]|\w+йте\b"),
        (UKRAINIAN, r"\bви\b|\bва[мсш]|\w+йте\b"),
    ],
)
def test_a_child_is_spoken_to_as_a_child(language: Language, polite: str) -> None:
    texts = [text for _, text in written(language, CHILD)]

    assert texts
    assert [text for text in texts if re.search(polite, text, re.IGNORECASE)] == []


@pytest.mark.parametrize("language", GUESSED_GENDER)
def test_no_gender_of_a_child_is_guessed(language: Language) -> None:
    guessed = re.compile(GUESSED_GENDER[language], re.IGNORECASE)

    assert [text for _, text in written(language, CHILD) if guessed.search(text)] == []


@pytest.mark.parametrize("language", IMPOLITE)
def test_the_polite_you_is_written_as_the_language_does(language: Language) -> None:
    assert [text for _, text in written(language) if re.search(IMPOLITE[language], text)] == []


@pytest.mark.parametrize("language", GUESSED_GENDER)
def test_no_gender_is_guessed(language: Language) -> None:
    guessed = re.compile(GUESSED_GENDER[language], re.IGNORECASE)

    assert [text for _, text in written(language) if guessed.search(text)] == []


@in_each_language
def test_sentences_are_short_and_without_brackets(language: Language) -> None:
    longest = LONGEST_SENTENCE.get(language, 20)
    texts = [text for _, text in written(language)]

    sentences = [sentence for text in texts for sentence in re.split(r"(?<=[.?!]) ", text)]
    assert [x for x in sentences if len(re.findall(r"\w[\w'-]*", x)) > longest] == []
    assert [text for text in texts if re.search(r"[()\[\]]", text)] == []


@in_each_language
def test_a_text_ends_as_its_msgid_does(language: Language) -> None:
    ending = re.compile(r"[.?!:]?$")

    def end(text: str) -> str:
        found = ending.search(text)
        return found[0] if found else ""

    assert [text for msgid, text in written(language) if end(text) != end(msgid) or text != text.strip()] == []


@pytest.mark.parametrize(
    ("language", "named"),
    [(LITHUANIAN, "lietuviškai"), (ENGLISH, "English"), (RUSSIAN, "по-русски"), (UKRAINIAN, "українською")],
)
def test_the_language_that_was_set_is_named(language: Language, named: str) -> None:
    confirmed = [text for msgid, text in written(language) if msgid.startswith("I now write in English.")]

    assert [named in text for text in confirmed] == [True]


# Reading --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("unit", "expected"), [("working day", DAYS), ("working hour", HOURS)])
@pytest.mark.parametrize("language", MAIN_LANGUAGES)
def test_plurals_follow_the_language(
    messages: Messages, language: Language, unit: str, expected: Mapping[Language, tuple[str, ...]]
) -> None:
    singular, plural = next(found for found in ids(TEMPLATE) if len(found) > 1 and unit in found[0])

    said = [messages.of(language).ngettext(singular, plural, n).format(n=n) for n in (1, 2, 5, 11, 21)]

    assert [right in text for right, text in zip(expected[language], said, strict=True)] == [True] * 5


@pytest.mark.parametrize("unknown", [Language("ka"), Language("fa-AF"), None])
def test_an_unknown_language_falls_back_to_english(messages: Messages, unknown: Language | None) -> None:
    assert not messages.speaks(unknown)
    assert messages.spoken(unknown) == ENGLISH
    assert messages.of(unknown) is messages.of(ENGLISH)


def test_main_languages_come_first() -> None:
    empty = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'

    languages = Messages({Language(x): empty for x in ("be", "uk", "ar", "en", "lt", "ru")}).languages

    assert languages == (*MAIN_LANGUAGES, Language("ar"), Language("be"))


def test_a_text_without_translation_is_said_in_english() -> None:
    half = Messages({LITHUANIAN: 'msgid "Language"\nmsgstr ""\n', ENGLISH: ""})

    assert half.of(LITHUANIAN).gettext("Language") == "Language"


def test_what_is_no_catalogue_is_refused() -> None:
    with pytest.raises(PoFileError):
        Messages({ENGLISH: "greeting: Hello\n"})


PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'


def test_gaps_and_broken_placeholders_of_a_catalogue_are_found_with_their_lines() -> None:
    sound = PO + 'msgid "Call {number}"\nmsgstr "Call {number}"\n\nmsgid "Yes"\nmsgstr "Yes"\n'
    broken = PO + 'msgid "Call {number}"\nmsgstr "Skambinkite {numeris}"\n\nmsgid "Yes"\nmsgstr ""\n'

    found = check_catalogues({Language("en"): sound, Language("lt"): broken})

    assert [(x.file, x.line, x.fact) for x in found] == [
        ("locales/lt/LC_MESSAGES/tiltas.po", 4, "the words in braces differ from the original."),
        ("locales/lt/LC_MESSAGES/tiltas.po", 7, "no translation."),
    ]


def test_a_message_that_one_language_lacks_is_found() -> None:
    found = check_catalogues({Language("en"): PO + 'msgid "Yes"\nmsgstr "Yes"\n', Language("lt"): PO})

    assert [(x.file, x.subject, x.fact) for x in found] == [
        ("locales/lt/LC_MESSAGES/tiltas.po", "Yes", "it is missing here.")
    ]


def test_what_is_no_catalogue_is_a_finding() -> None:
    found = check_catalogues({Language("lt"): "this is a letter, not a catalogue\n"})

    assert len(found) == 1
    assert "no catalogue" in found[0].fact
