"""What the public and each role's home read."""
