"""The shape and messages of this room's forms."""
