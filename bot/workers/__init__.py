"""Loops that wake up and call an action."""
