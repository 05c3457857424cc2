"""Pier's audit: what crosses the boundary, checked rule by rule with Great Expectations.

What belongs here: the catalogue of rules (``rules/*.yml``: one file per return, and one for
the marts before publication), how a rule becomes SQL, how Great Expectations runs it, and
what is kept and reported of the outcome. What does not: the keys and grain of dbt's own
models (dbt data tests) and the rules of indicators (population models).
"""
