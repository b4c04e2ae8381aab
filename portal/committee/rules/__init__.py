"""What is decided here on plain values: no Flask, no database."""
