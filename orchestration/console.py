"""What the command line prints: summaries for a person at a terminal, never a child's value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from expectations.listing import NOT_RUN, ListedRule, RuleStatus
from orchestration.explain import Explanation
from orchestration.landing.manifest import RowChange
from orchestration.nightly import NightlyRun
from orchestration.settings import Settings
from orchestration.summary import (
    DeliveryLine,
    HeldLine,
    PublicationLine,
    freshness,
    held_back,
    open_failures,
    publication_in_force,
)

MOST_FILES_NAMED = 10
"""Of files left for the next run; a folder copied during a run may hold hundreds."""
FATE_STYLE: Mapping[str, str] = {
    "accepted": "green",
    "refused": "red",
    "held": "yellow",
    "superseded": "dim",
    "already_loaded": "dim",
    "withdrawn": "dim",
}


def print_summary(console: Console, settings: Settings, run: NightlyRun) -> None:
    """End a nightly run: what landed, what was refused and why, what is published, where."""
    summary = run.summary
    console.rule("Landed")
    print_deliveries(console, summary.deliveries, summary.left)
    if summary.audit:
        console.rule("Audit")
        counts = ("rules", "rows failing", "new", "mended", "acknowledged")
        table = Table("severity", "outcome", *counts, box=None)
        for line in summary.audit:
            numbers = (line.rules, line.rows_failing, line.rows_new, line.rows_mended)
            table.add_row(
                line.severity,
                line.outcome,
                *(f"{number:,}" for number in (*numbers, line.rows_acknowledged)),
            )
        console.print(table)
    _print_held(console, summary.held)
    for message in summary.stopping_messages:
        console.print(f"[red]✗[/red] {escape(message)}")
    for step, message in run.failures:
        console.print(f"[red]✗ {escape(step)}:[/red] {escape(message)}")
    console.rule("Published")
    _print_publication(console, settings, summary.publication, summary.published_now)


def _print_held(console: Console, held: Iterable[HeldLine]) -> None:
    for line in held:
        console.print(
            f"[yellow]✗ held back:[/yellow] delivery {line.delivery_id},"
            f" {escape(line.source_file)}: {escape(line.reason)}"
        )


def _print_publication(
    console: Console, settings: Settings, publication: PublicationLine | None, is_new: bool
) -> None:
    if publication is None:
        console.print("Nothing has been published yet.")
        return
    built = f"{publication.built_at:%d %B %Y %H:%M} UTC"
    if is_new:
        console.print(f"[green]Published[/green] {publication.publication_id} ({built}).")
    else:
        console.print(f"The publication of {built} stays in force.")
    published = settings.published_dir
    console.print(f"  Report pages  {published / 'site' / 'index.html'}", soft_wrap=True)
    console.print(f"  Marts for BI  {published / 'marts.duckdb'}", soft_wrap=True)
    console.print(f"  Parquet       {published / 'parquet'}", soft_wrap=True)
    console.print(f"  For owners    {settings.reports_dir} (restricted)", soft_wrap=True)


def print_deliveries(
    console: Console, deliveries: Iterable[DeliveryLine], left: Sequence[str] = ()
) -> None:
    """List deliveries: file, table, rows, fate and the reason for it; and files not taken yet."""
    lines = list(deliveries)
    if lines:
        _print_fates(console, lines)
    elif not left:
        console.print("Nothing new in the landing zone.")
    if left:
        console.print(
            "[yellow]✗ left for the next run:[/yellow] still being copied, or this run did not come"
            " to them:"
        )
        for source_file in left[:MOST_FILES_NAMED]:
            console.print(f"  {escape(source_file)}", soft_wrap=True)
        if len(left) > MOST_FILES_NAMED:
            console.print(f"  and {len(left) - MOST_FILES_NAMED:,} more")


def _print_fates(console: Console, lines: Sequence[DeliveryLine]) -> None:
    table = Table("id", "file", "table", "rows", "rejected", "fate", box=None)
    for line in lines:
        style = FATE_STYLE[line.fate]
        table.add_row(
            str(line.delivery_id),
            escape(line.source_file),
            escape(line.table),
            f"{line.rows:,}",
            f"{line.rejected_rows:,}",
            f"[{style}]{line.fate}[/{style}]",
        )
    console.print(table)
    for line in lines:
        if line.reason:
            console.print(f"  {line.delivery_id}: {escape(line.reason)}", soft_wrap=True)


def print_changes(console: Console, delivery_id: int, changes: Sequence[RowChange]) -> None:
    """Say what a delivery changed: counts, and where in the file to look.

    Keys are left out: they name children, and a terminal is not a restricted place.
    """
    if not changes:
        console.print(f"Delivery {delivery_id} changes no row of one before it.")
        return
    counts = Counter(change.change for change in changes)
    console.print(", ".join(f"{count:,} rows {change}" for change, count in sorted(counts.items())))
    table = Table("change", "line", "columns", box=None)
    for change in changes:
        table.add_row(change.change, f"{change.line}", ", ".join(change.columns))
    console.print(table)


def print_status(console: Console, settings: Settings) -> None:
    """Say what is published, how fresh each return is and what is open by owner."""
    publication = publication_in_force(settings)
    console.rule("Published")
    _print_publication(console, settings, publication, is_new=False)
    console.rule("Freshness")
    fresh = Table("return", "authority", "latest period", "received", box=None)
    for row in freshness(settings):
        fresh.add_row(*row)
    console.print(fresh)
    held = held_back(settings)
    if held:
        console.rule("Held back")
        _print_held(console, held)
    console.rule("Open validation failures")
    failures = Table("owner", "severity", "rules", "rows", box=None)
    for row in open_failures(settings):
        failures.add_row(*row)
    console.print(failures)


def print_explanation(console: Console, explanation: Explanation) -> None:
    """A figure taken apart. Children are printed only where the explanation lists them."""
    indicator = explanation.indicator
    console.print(
        f"[bold]{escape(indicator['indicator_id'])}[/bold]  {escape(indicator['title'])}"
        f"  ({escape(explanation.period_label)}, {escape(explanation.area_code)})"
    )
    console.print(escape(indicator["description"]))
    figures = Table("version", "basis", "numerator", "denominator", "value", "status", box=None)
    for line in explanation.figures:
        numbers = (line.numerator, line.denominator, line.value)
        figures.add_row(
            line.version,
            line.basis,
            *("" if number is None else f"{number:,.10g}" for number in numbers),
            line.status if line.note is None else f"{line.status}: {escape(line.note)}",
        )
    console.print(figures)
    facts = Table.grid(padding=(0, 2))
    facts.add_row("Counted", escape(indicator["numerator_rule"] or ""))
    facts.add_row("Out of", escape(indicator["denominator_rule"] or "nothing: it is a number"))
    facts.add_row("Guidance", escape(indicator["guidance_reference"] or "none"))
    for name, meaning in explanation.columns:
        facts.add_row("Rule", f"{escape(name)}: {escape(meaning)}")
    for reading in explanation.readings:
        facts.add_row("Open", escape(f"{reading.name} = {reading.default}: {reading.why}"))
    for delivery in explanation.deliveries:
        facts.add_row(
            "From",
            f"delivery {delivery.delivery_id}, {escape(delivery.source_file)},"
            f" received {delivery.received_at:%d %B %Y %H:%M} UTC: {delivery.members:,} members",
        )
    console.print(facts)
    _print_members(console, explanation)


def _print_members(console: Console, explanation: Explanation) -> None:
    if not explanation.members:
        return
    console.rule("Restricted: children")
    child = Column("child", no_wrap=True)
    file = Column("file", overflow="fold")
    table = Table(child, "day", "counted", "of", "measure", "why", file, "line", box=None)
    for member in explanation.members:
        table.add_row(
            escape(member.child_id or ""),
            member.counted_on.isoformat(),
            "yes" if member.in_numerator else "no",
            "yes" if member.in_denominator else "no",
            "" if member.measure is None else f"{member.measure:g}",
            escape(member.reason or ""),
            escape(member.source_file or ""),
            "" if member.source_line is None else str(member.source_line),
        )
    console.print(table)


def print_rules(
    console: Console,
    rules: Iterable[ListedRule],
    statuses: Mapping[str, RuleStatus],
    outcome: str | None = None,
) -> None:
    """List rules with what became of them: rule, severity, owner, status, rows and why.

    Args:
        console: Where to print.
        rules: The rules; of several versions of one, a line each.
        statuses: What became of each in the last audit, by id.
        outcome: Only those with this outcome.
    """
    numbers = [Column(name, justify="right") for name in ("rows", "failing")]
    names = [Column(name, overflow="fold") for name in ("rule", "code")]
    table = Table(*names, "severity", "owner", "status", *numbers, "why", box=None)
    for rule in rules:
        status = statuses.get(rule.rule_id, NOT_RUN)
        if outcome is None or status.outcome == outcome:
            table.add_row(
                rule.rule_id,
                rule.dfe_code,
                rule.severity,
                rule.owner,
                status.outcome,
                f"{status.rows_checked:,}",
                f"{status.rows_failing:,}",
                escape(rule.not_checked or status.reason or ""),
            )
    console.print(table)
