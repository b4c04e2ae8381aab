"""People, organisations, grants of roles, sign-in."""
