"""What placements will cost: learned from the borough's own history, simulated month by month.

What belongs here: pure functions from times in placements and prices to a forecast, and the
scenarios (``scenarios.yml``). What does not: reading the warehouse, which the dbt model
``int_placement_costs__forecast`` does, and any figure of a past year. docs/forecast.md says in
plain words what is done, docs/adr/0009 why. ``history`` imports scipy:
whoever only needs the scenarios imports ``scenarios``.
"""
