"""Pier's orchestration: landing, the dbt run, the audit, publishing, and the nightly job.

What belongs here: code that moves data between the places named in ``settings`` and
starts the tools that transform or check it. What does not: rules about children's
services, which live in ``dbt_project`` (indicators) and ``expectations`` (validation).
"""
