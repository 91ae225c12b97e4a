"""Stand-ins for the outside world that obey its rules."""
