"""The writers of contracts. They check, change, record; they never commit."""
