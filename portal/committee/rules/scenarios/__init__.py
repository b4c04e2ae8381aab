"""Scenarios: an aid to decide what is proposed on each funding line, under rules written by the Direction.

`model` says what is to be shared and under which rules, `program` writes it for the solver, `checking`
verifies an allocation without it, `contradictions` names in words the rules that cannot hold together,
`reading` tells who is left out and what held the result back, `notice` explains it all to applicants.
"""
