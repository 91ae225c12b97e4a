"""The dialogue: what a person said, what we say next, as pure functions of values."""
