"""Everything anybody can do; one function is one transaction."""
