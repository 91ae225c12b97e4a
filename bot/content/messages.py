"""What the bot itself says, per language: gettext catalogues with plurals, read from their `.po` text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from gettext import GNUTranslations
from io import BytesIO, StringIO

from babel.messages.catalog import Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from bot.content.findings import Finding
from bot.content.model import ENGLISH, MAIN_LANGUAGES, Language

PLACEHOLDER = re.compile(r"\{\w+\}")


def check_catalogues(texts: Mapping[Language, str]) -> list[Finding]:
    """Return what is wrong with the `.po` files of several languages: gaps, broken placeholders, no catalogue at all."""
    findings: list[Finding] = []
    known: dict[str, set[tuple[str | None, object]]] = {}
    for language, text in texts.items():
        file = po_file(language)
        try:
            catalogue = read_po(StringIO(text), locale=language.replace("-", "_"), abort_invalid=True)
        except (PoFileError, ValueError) as error:
            findings.append(
                Finding(file, 1, language, f"this is no catalogue ({error}).", _SILENT, "Correct the line.")
            )
            continue
        known[file] = {(message.context, message.id) for message in catalogue if message.id}
        findings += [found for message in catalogue if message.id for found in _faults(file, message)]
    everything = set[tuple[str | None, object]]().union(*known.values())
    for file, ids in known.items():
        findings += [_missing(file, _first(message_id)) for _, message_id in everything - ids]
    return sorted(findings)


def po_file(language: Language) -> str:
    """Return where a language's catalogue stands, from the project's root."""
    return f"locales/{language}/LC_MESSAGES/tiltas.po"


_SILENT = "The bot would speak English, or not at all, where it speaks this language."


def _faults(file: str, message: Message) -> Iterator[Finding]:
    subject, line = _first(message.id), message.lineno or 1
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
    wanted = set(PLACEHOLDER.findall(str(ids[-1])))
    for form in forms:
        if not form:
            yield Finding(file, line, subject, "no translation.", _SILENT, "Translate it.")
        elif set(PLACEHOLDER.findall(str(form))) != wanted:
            yield Finding(
                file,
                line,
                subject,
                "the words in braces differ from the original.",
                "The message could not be sent.",
                f"Use exactly: {', '.join(sorted(wanted)) or 'none'}.",
            )


def _missing(file: str, subject: str) -> Finding:
    return Finding(file, 1, subject, "it is missing here.", _SILENT, "Run `make messages` and translate it.")


def _first(message_id: object) -> str:
    text = str(message_id[0] if isinstance(message_id, tuple | list) else message_id)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


_SHOWN = 50


class Messages:
    """The catalogues of all languages that the bot itself speaks."""

    def __init__(self, catalogues: Mapping[Language, str]) -> None:
        """Take the text of each language's `.po` file. Raises ValueError or PoFileError for what is no catalogue."""
        self._translations = {language: _compile(text, language) for language, text in catalogues.items()}

    @property
    def languages(self) -> tuple[Language, ...]:
        """Languages that the bot speaks, the main ones first."""
        others = sorted(self._translations.keys() - set(MAIN_LANGUAGES))
        return (*(x for x in MAIN_LANGUAGES if x in self._translations), *others)

    def speaks(self, language: Language | None) -> bool:
        """Tell whether the bot's own texts exist in `language`."""
        return language in self._translations

    def spoken(self, language: Language | None) -> Language:
        """Return `language` if the bot speaks it, else English."""
        return language if language is not None and self.speaks(language) else ENGLISH

    def of(self, language: Language | None) -> GNUTranslations:
        """Return the texts of `language`, else the English ones."""
        return self._translations[self.spoken(language)]


def _compile(text: str, language: Language) -> GNUTranslations:
    catalogue = read_po(StringIO(text), locale=language.replace("-", "_"), abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
