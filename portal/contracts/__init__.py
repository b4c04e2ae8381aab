"""The contract, its taxonomy, funders and indicator catalogue."""
