"""The steps of the whole cycle, by who takes them; `tests/browser/test_whole_cycle.py` tells the story."""
