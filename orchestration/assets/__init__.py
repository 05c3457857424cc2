"""Dagster assets: thin calls into the packages that do the work.

What belongs here: what an asset is called, what it needs, when it is retried, and which
numbers Dagster shows for it. What does not: how anything is landed, built, checked or
published; those modules know nothing of Dagster.
"""
