"""What this room writes: one function per act, checked, recorded, never committed here."""
