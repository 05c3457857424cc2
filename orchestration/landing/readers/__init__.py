"""Readers: one module for each file format, all giving the same thing.

A reader turns a file into ``Section`` objects (``section``), whose rows are batches of text
with the line each came from. It knows bytes, quotes and cells; it does not know returns.
"""
