"""What a bot looks like without a durable core: python-telegram-bot, 32 updates at once, the same matching and text.

Nothing is kept: what is in memory when it stops is lost. It is the yardstick for what keeping costs.
"""

from __future__ import annotations

import os
from pathlib import Path

from telegram import Update
from telegram.constants import ParseMode
from telegram.ext import ApplicationBuilder, ContextTypes, MessageHandler, filters

from bot.app import content_folder, mind_of, now
from bot.channels.telegram.wire import html, keyboard
from bot.conversation import notices
from bot.conversation.decide import decide
from bot.conversation.steps import Answer
from bot.settings import Settings


def main() -> None:
    settings = Settings(data=Path(os.environ["TILTAS_DATA"]))
    mind = mind_of(content_folder(settings).load(now().date()))

    async def answer(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        if message is None or not message.text:
            return
        evidence = mind.matcher.find(message.text)
        step = decide(evidence, mind.world.policy)
        if isinstance(step, Answer):
            outgoing = notices.answer(mind.world.voice(evidence.language), step.entry_id)
        else:
            outgoing = notices.help_text(mind.world.voice(evidence.language))
        await message.reply_text(html(outgoing), parse_mode=ParseMode.HTML, reply_markup=keyboard(outgoing.buttons))

    builder = ApplicationBuilder().token(os.environ["TILTAS_TELEGRAM_TOKEN"])
    builder = builder.base_url(f"{os.environ['TILTAS_TELEGRAM_API']}/bot").concurrent_updates(32)
    application = builder.connection_pool_size(64).build()
    application.add_handler(MessageHandler(filters.TEXT, answer))
    application.run_polling()


if __name__ == "__main__":
    main()
