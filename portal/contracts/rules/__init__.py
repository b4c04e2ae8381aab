"""The rules of contracts: reading a contract file, checking what is typed. Plain values."""
