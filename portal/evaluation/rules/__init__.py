"""What the evaluation decides on plain values."""
