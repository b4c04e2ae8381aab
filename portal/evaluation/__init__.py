"""Bilans, measures, aggregation, territorial reports."""
