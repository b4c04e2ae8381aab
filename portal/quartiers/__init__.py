"""Quartiers, their figures and structures."""
