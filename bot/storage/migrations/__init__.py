"""Alembic migrations, in pairs of small steps."""
