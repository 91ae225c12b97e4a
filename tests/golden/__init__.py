"""Messages as people type them, and the entry each should find. Never used for tuning; never copied into phrasings."""
