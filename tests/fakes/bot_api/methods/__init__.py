"""The methods of the Bot API, by subject. Importing this package registers them."""

from tests.fakes.bot_api.methods import bot, chats, edits, files, forwards, messages, places, topics, updates

__all__ = ["bot", "chats", "edits", "files", "forwards", "messages", "places", "topics", "updates"]
