"""Matchers beside each other: the same entries, the same messages, one run on one machine."""
