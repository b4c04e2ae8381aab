"""The shapes and messages of this room's forms."""
