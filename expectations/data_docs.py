"""Great Expectations' own Data Docs: a page for each suite, whole without the internet.

What belongs here: rendering results with Great Expectations and making the pages fit for a
council's network. What does not: what an owner is told (``reports``).

Its pages fetch styles, scripts, fonts and pictures from nine hosts; here they are taken out and a
few lines of style stand for them. Results are counts (``suites.COUNTS_ONLY``), and a rule's query
is left out for the message its owner reads, so that no value of a return can be on a page.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lxml import etree
from lxml import html as markup

INDEX = "index.html"

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"

_TAKEN_OUT = (
    "//script",
    "//style",
    "//link",
    "//img",
    "//iframe",
    "//noscript",
    "//button",
    "//nav",
    "//footer",
    "//comment()",
    "//meta",
    "//*[contains(concat(' ', @class, ' '), ' modal ')]",
    "//*[contains(concat(' ', @class, ' '), ' cta-footer ')]",
    "//*[contains(concat(' ', @class, ' '), ' navbar ')]",
    "//*[contains(concat(' ', @class, ' '), ' breadcrumb ')]",
    "//*[contains(concat(' ', @class, ' '), ' sticky ')]",
    "//*[contains(concat(' ', @class, ' '), ' collapse ')]",
    "//a[contains(@href, '-collapse-')]",
    "//*[starts-with(@href, 'http') or starts-with(@src, 'http')]",
)
"""What would call out, or does nothing without the scripts."""

_STYLE = """
:root { color-scheme: light; --ink: #1d1f24; --line: #d9d6cd; --accent: #12507b; }
body { margin: 0 auto; max-width: 70rem; padding: 2rem 1.5rem; background: #fbfaf7;
  color: var(--ink); font: 1rem/1.5 system-ui, "Segoe UI", sans-serif; }
a { color: var(--accent); }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0;
  border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
ul { padding-left: 1.2rem; }
.n { text-align: right; font-variant-numeric: tabular-nums; }
td:first-child i { font-style: normal; white-space: nowrap; }
.fa-check-circle::before { content: "passed"; color: #2d5a12; }
.fa-times::before, .fa-times-circle::before { content: "failed"; color: #8f1d21; }
.fa-exclamation-triangle::before { content: "crashed"; color: #8f1d21; }
.collapse { display: block; }
"""


def write_data_docs(folder: Path, suites: Mapping[str, Any]) -> tuple[Path, ...]:
    """Write a page for each suite and an index of them; pages of an earlier run go.

    Args:
        folder: Where to; restricted, although there is nothing but counts in it.
        suites: Suite to Great Expectations' result of it.

    Returns:
        The files written, the index first.
    """
    from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
    from great_expectations.render.view import DefaultJinjaPageView

    folder.mkdir(parents=True, exist_ok=True)
    renderer, view = ValidationResultsPageRenderer(), DefaultJinjaPageView()
    pages = {
        f"{suite}.html": self_contained(view.render(renderer.render(result)), suite)
        for suite, result in suites.items()
    }
    pages = {INDEX: _index(suites)} | pages
    for name, page in pages.items():
        unfinished = folder / f".{name}.unfinished"
        unfinished.write_text(page, encoding="utf-8")
        unfinished.replace(folder / name)
    for path in folder.glob("*.html"):
        if path.name not in pages:
            path.unlink()
    return tuple(folder / name for name in pages)


def self_contained(page: str, title: str) -> str:
    """Take out of a page of Great Expectations all that calls out, or needs what does."""
    document: Any = markup.document_fromstring(page)
    for path in _TAKEN_OUT:
        for element in document.xpath(path):
            # Text that follows an element belongs to what is around it.
            if element.getparent() is not None:
                element.drop_tree()
    # To pages of suites and runs that are not written.
    for link in document.xpath("//a[starts-with(@href, '..')]"):
        link.drop_tag()
    for element in document.iter(etree.Element):
        for attribute in element.attrib:
            if attribute.startswith(("on", "data-")):
                del element.attrib[attribute]
    body = document.find("body")
    inside = "" if body is None else "".join(_written(child) for child in body)
    return _page(title, f'<p><a href="{INDEX}">All suites</a></p>\n{inside}')


def _written(element: Any) -> str:
    return str(markup.tostring(element, encoding="unicode"))


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>{html.escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _index(suites: Mapping[str, Any]) -> str:
    rows = "\n".join(
        f'<tr><th scope="row"><a href="{html.escape(suite)}.html">{html.escape(suite)}</a></th>'
        f'<td class="n">{result.statistics["evaluated_expectations"]}</td>'
        f'<td class="n">{result.statistics["successful_expectations"]}</td>'
        f'<td class="n">{result.statistics["unsuccessful_expectations"]}</td></tr>'
        for suite, result in suites.items()
    )
    return _page(
        "Data Docs",
        "<h1>Great Expectations: what was judged</h1>\n"
        "<p>One page for each suite, which is one table and its rules. Counts only: the rows to"
        " mend are in the report of their owner. A rule that could not be judged because its"
        " return was not sent is not here.</p>\n"
        "<table><caption>Suites</caption>\n<thead><tr>"
        '<th scope="col">Suite</th><th scope="col" class="n">Rules</th>'
        '<th scope="col" class="n">Passed</th><th scope="col" class="n">Not passed</th>'
        f"</tr></thead>\n<tbody>\n{rows}\n</tbody></table>",
    )
