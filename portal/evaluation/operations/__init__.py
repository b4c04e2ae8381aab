"""What the evaluation writes."""
