"""The performance report as static pages, drawn from one publication and nothing else.

The pages open from the file system, ask no host for anything, and can show only what is in the
publication's ``marts.duckdb``. What belongs here: reading it, wording, charts, templates. What
does not: any figure that is not already in a mart.
"""

from orchestration.publishing.site.pages import build_site

__all__ = ["build_site"]
