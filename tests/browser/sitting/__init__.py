"""The steps of a sitting of thirty applications; `tests/browser/test_sitting_of_thirty.py` tells the story."""
