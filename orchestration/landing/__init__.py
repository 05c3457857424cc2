"""Landing: files as sent become text in schema ``raw``, and nothing else.

``contracts`` says what files look like, ``recognition`` tells which table a file holds,
``readers`` turn a file into rows of text, ``layouts`` turn those rows into raw tables,
``manifest`` keeps what was delivered and its fate, ``engine`` does all of it for each new
file in one transaction. Typing, checking values and deciding what counts happens later, in
``dbt_project`` and ``expectations``.
"""
