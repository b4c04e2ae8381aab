"""Rules of what is shown, and of what is left to do."""
