"""What we know, as values: entries, values, helplines, words; how files become them, and what is wrong with them."""
