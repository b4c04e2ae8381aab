"""The writers of quartiers. They check, change, record; they never commit."""
