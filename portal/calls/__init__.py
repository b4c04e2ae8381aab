"""Calls for projects, applications, budgets, funding lines, recusals."""
