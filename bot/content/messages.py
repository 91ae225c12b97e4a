"""What the bot itself says, per language: gettext catalogues with plurals, read from their `.po` text."""

from __future__ import annotations

from collections.abc import Mapping
from gettext import GNUTranslations
from io import BytesIO, StringIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.content.model import ENGLISH, MAIN_LANGUAGES, Language


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
