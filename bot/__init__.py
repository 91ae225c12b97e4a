"""Tiltas: published answers for migrant families in Lithuania, and people for the rest."""
