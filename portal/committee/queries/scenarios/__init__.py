"""Reading for scenarios: what one is computed from (`facts`), its pages (`pages`), applying it (`applying`)."""
