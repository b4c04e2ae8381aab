"""Public pages, each role's home: the room that sees all others."""
