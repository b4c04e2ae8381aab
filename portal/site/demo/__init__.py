"""The demonstration: real reference data and 2022 actions, and an invented contract at every stage.

All that is invented says so: names end in « (fictif) » or « Exemple », addresses in `.test`.
"""
