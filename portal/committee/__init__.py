"""Completeness, analysis, opinions, programming table, sittings, acts."""
