"""Every write of this room: checks, changes, records the event; never commits."""
