"""What the evaluation reads."""
