"""What people see of the bot before they write: commands, short text, description, in every language."""

from __future__ import annotations

import structlog
from telegram import Bot, BotCommand
from telegram.error import TelegramError

from bot.content.messages import Messages
from bot.content.model import ENGLISH, Language

log = structlog.get_logger()


async def set_profile(bot: Bot, messages: Messages, emergency: str) -> None:
    """Set commands and texts; English also serves all languages without texts of their own.

    A refusal is only logged: the bot answers without a profile too.
    """
    try:
        await _set(bot, messages, ENGLISH, None, emergency)
        for language in messages.languages:
            await _set(bot, messages, language, language, emergency)
    except TelegramError as error:
        log.warning("telegram.profile_not_set", error_type=type(error).__name__)


async def _set(bot: Bot, messages: Messages, language: Language, code: str | None, emergency: str) -> None:
    t = messages.of(language)
    commands = [
        ("human", t.gettext("Talk to a person")),
        ("questions", t.gettext("My questions")),
        ("topics", t.gettext("Browse by topic")),
        ("checklists", t.gettext("Checklists")),
        ("language", t.gettext("Language")),
        ("hide", t.gettext("Hide this chat")),
        ("privacy", t.gettext("What we keep about you")),
        ("help", t.gettext("Help and {number}").format(number=emergency)),
    ]
    await bot.set_my_commands([BotCommand(name, text) for name, text in commands], language_code=code)
    short = t.gettext("Questions about life in Lithuania. Answers in your language.")
    if (await bot.get_my_short_description(language_code=code)).short_description != short:
        await bot.set_my_short_description(short, language_code=code)
    description = t.gettext(
        "Write your question in your own words. You get a published text with its source. A person answers what I do "
        "not know. In danger call {number}. Please write no names, phone numbers or document numbers."
    ).format(number=emergency)
    if (await bot.get_my_description(language_code=code)).description != description:
        await bot.set_my_description(description, language_code=code)
