"""Keeps things: SQLAlchemy Core on SQLite or PostgreSQL, and the content folders on disk."""
