"""Pages; so far one, for machines: whether Tiltas is well."""
