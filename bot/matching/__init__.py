"""Text in, evidence out: pure functions over the catalogue, without input, output or a clock."""
