"""Telegram: `receive` turns updates into Incoming, `send` turns Outgoing into Bot API calls; nothing else knows Telegram."""
