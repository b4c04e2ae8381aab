"""Workbooks and imports."""
