"""What people type in the evaluation."""
