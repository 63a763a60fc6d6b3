"""Results for others to read: a plain workbook of all tables, and records for scripts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xl_rebal.app.books import no_clients
from xl_rebal.engine.book import Book
from xl_rebal.engine.results import Review

if TYPE_CHECKING:
    from xl_rebal.app.briefs import BriefsResult
    from xl_rebal.engine.results import Plan
    from xl_rebal.sheets.firm_list import Wanted
    from xl_rebal.sheets.tables import CellTable


def write_results(book: Book, found: Sequence[Review], path: Path) -> Path:
    """Writes dashboard, trades, lots, drift, harvest, proofs and checks of these clients to a new plain .xlsx file."""
    from xl_rebal.app.insight import wash_calendar_of
    from xl_rebal.sheets import insight_tables, tables
    from xl_rebal.sheets.export import write_results as write

    def of_each(one_table: Callable[[Review], CellTable]) -> CellTable:
        """One client's table after the other, under one header, with the Client ID in front."""
        parts = [(review.client_id, one_table(review)) for review in found]
        header = parts[0][1][0] if parts else []
        return [["Client ID", *header], *([client, *row] for client, table in parts for row in table[1:])]

    ids = {review.client_id for review in found}
    return write(
        path,
        {
            "Dashboard": tables.book_table(found),
            "Plan": of_each(tables.plan_table),
            "Lots": of_each(tables.lots_table),
            "Drift": of_each(tables.drift_table),
            "Tax": of_each(tables.tax_table),
            "Rules of thumb": of_each(tables.compare_table),
            "Harvest": tables.harvest_table(found),
            "Wash sales": of_each(tables.wash_table),
            "Wash calendar": insight_tables.calendar_table((r, wash_calendar_of(book, r)) for r in found),
            "Proof": insight_tables.proof_table(found),
            "RMD": of_each(tables.rmd_table),
            "Checks": tables.checks_table(
                p for p in book.problems if p.client_id in ids or p.client_id is None
            ),
        },
    )


def firm_list(book: Book, found: Sequence[Review], wanted: Wanted | None = None) -> CellTable:
    """The Dashboard's list of these clients, as far as they are wanted, with advisor and the folder of their briefs."""
    from xl_rebal.briefs.naming import client_folders
    from xl_rebal.sheets import firm_list as shown

    clients = {home.client.id: home.client for home in book.households}
    folders = {
        client_id: f"{book.settings.output_folder}/{name}/{book.settings.quarter}"
        for client_id, name in client_folders(clients.values()).items()
    }
    advisors = {client_id: client.advisor for client_id, client in clients.items()}
    return shown.firm_list(found, advisors, folders, wanted or shown.Wanted(), no_clients(book))


def briefs_record(result: BriefsResult) -> dict[str, object]:
    """A run of briefs for JSON."""
    return {
        "out": str(result.out),
        "filed": [
            {
                "client": f.client_id,
                "name": f.client_name,
                "brief": str(f.brief),
                "beside": f.beside,
                "drafted_by": f.drafted_by,
            }
            for f in result.filed
        ],
        "withheld": [
            {"client": u.client_id, "name": u.client_name, "reasons": u.reasons} for u in result.withheld
        ],
        "failed": [
            {"client": u.client_id, "name": u.client_name, "reasons": u.reasons} for u in result.failed
        ],
        "no_attention_needed": result.quiet,
        "stopped_before": result.stopped,
        "no_clients": result.no_clients,
        "errors_of_no_client": list(result.nobodys),
        "usage": result.usage,
    }


def review_record(book: Book, found: Review) -> dict[str, object]:
    """A client's plan for JSON: money in cents, quantities as text, weights as fractions."""
    from xl_rebal.engine.review import flags

    return {
        "client": found.client_id,
        "name": found.client_name,
        "quarter": book.settings.quarter,
        "as_of": book.settings.as_of.isoformat(),
        "flags": [flag.value for flag in flags(found)],
        "problems": [str(problem) for problem in found.problems],
        "plan": None if found.plan is None else _plan_record(found.plan),
        "harvest": [
            {
                "account": h.account_id,
                "symbol": h.symbol,
                "loss_cents": h.loss_cents,
                "wash": h.wash.state.value,
            }
            for h in found.harvest
        ],
        "rmd": [
            {"owner": r.owner.value, "pool": r.pool, "state": r.state.value, "left_cents": r.left_cents}
            for r in found.rmds
        ],
    }


def _plan_record(plan: Plan) -> dict[str, object]:
    return {
        "state": plan.state.value,
        "trades": [
            {
                "account": t.account_id,
                "side": t.side.value,
                "symbol": t.symbol,
                "quantity": str(t.quantity),
                "amount_cents": t.amount_cents,
                "gain_cents": t.gain_cents(),
                "flags": [flag.value for flag in t.flags],
                "reason": t.reason,
                "lots": [
                    {
                        "lot": d.lot.id,
                        "row": str(d.lot.source),
                        "quantity": str(d.quantity),
                        "gain_cents": d.gain_cents,
                    }
                    for d in t.disposals
                ],
            }
            for t in plan.trades
        ],
        "short_gain_cents": plan.short_gain_cents,
        "long_gain_cents": plan.long_gain_cents,
        "tax_cents": None if plan.tax is None else plan.tax.total_cents,
        "other_taxpayers": [
            {
                "account": o.account_id,
                "short_gain_cents": o.short_gain_cents,
                "long_gain_cents": o.long_gain_cents,
                "tax_cents": None if o.tax is None else o.tax.total_cents,
            }
            for o in plan.others
        ],
        "all_tax_cents": None if plan.all_tax is None else plan.all_tax.total_cents,
        "budget_excess_cents": None if plan.budget is None else plan.budget.excess_cents,
        "drift": [
            {
                "class": s.asset_class,
                "before": s.weight,
                "after": a.weight if (a := plan.after.sleeve(s.name)) else None,
            }
            for s in plan.before.classes
        ],
        "residual": [s.name for s in plan.residual],
        "unknown": list(plan.unknowns),
        "alternative": None if plan.alternative is None else _plan_record(plan.alternative),
    }
