"""The tax column of the brief: a line each for what there is of gains, tax, budget, RMDs, harvests and carryforward."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from xl_rebal.briefs.drawn import ALERT
from xl_rebal.briefs.page import Page
from xl_rebal.engine.results import Review
from xl_rebal.facts.types import Direction


def tax_lines(page: Page, review: Review, keys: Mapping[str, str]) -> list[dict[str, str]]:
    """Gains, tax, budget and its alternative, RMD, harvest, carryforward: those that there are."""
    lines: list[tuple[str, str, bool]] = []
    taxed = review.plan is not None and any(trade.disposals for trade in review.plan.sells)
    if taxed:
        text = f"{page.signed('PLAN_LT_GAIN')} long-term, {page.signed('PLAN_ST_GAIN')} short-term from the trims"
        if page("BUDGET_REALIZED") not in ("", "$0"):
            text += f"; {page.signed('BUDGET_REALIZED')} earlier this year"
        lines.append(("Gains", text, False))
    elif page("PLAN_GAIN"):
        lines.append(("Gains", "none from the trims, which are all in tax-sheltered accounts", False))
    if page("MARGINAL_CG_RATE"):
        rate = f"{page('MARGINAL_CG_RATE')} long-term"
        rate += f" + {page('NIIT_RATE')} NIIT" if page("NIIT_RATE") else ""
        rate += f" + {page('STATE_RATE')} state" if page("STATE_RATE") else ""
        tax = page.fact("PLAN_TAX") if taxed else None
        saved = "saves " if tax and tax.direction is Direction.DOWN else ""
        margin = f"rate on further gain {rate}"
        lines.append(("Tax", f"{saved}about {tax.display}; {margin}" if tax else margin, False))
    elif taxed:
        lines.append(("Tax", "unknown: enter the client's taxable income or a rate", True))
    lines += _other_lines(page)
    lines += _budget_lines(page)
    lines += _rmd_lines(page)
    lines += _harvest_lines(page, review, keys)
    for fact in page.starting("CONTRIBUTION_", "_AMOUNT")[:1]:
        start = fact.id.removesuffix("_AMOUNT")
        lines.append(
            ("Contribution", f"{fact.display} on {page(f'{start}_DATE')}: {page(f'{start}_TARGET')}", False)
        )
    if page("CARRY_IN"):
        text = f"{page('CARRY_IN')} carried in, {page('CARRY_USED')} used, {page('CARRY_LEFT')} left"
        lines.append(("Carryforward", text, False))
    if not lines:
        lines.append(("Tax", "no gains, harvest candidates or required distributions", False))
    shown = _most_pressing(lines, page.limits.taxes)
    rows = [
        {"flag": f"{ALERT} {label}" if look else "", "label": "" if look else label, "text": text}
        for label, text, look in shown
    ]
    if more := page.more(len(lines) - len(shown)):
        rows.append({"flag": "", "label": "Tax", "text": more})
    return rows


def _most_pressing(lines: list[tuple[str, str, bool]], most: int) -> list[tuple[str, str, bool]]:
    """At most so many lines, in order; those that need a look go before the others, the last harvests go first."""
    if len(lines) <= most:
        return lines
    places = sorted(range(len(lines)), key=lambda place: (not lines[place][2], place))[: most - 1]
    return [lines[place] for place in sorted(places)]


def _other_lines(page: Page) -> Iterable[tuple[str, str, bool]]:
    """Of the gains and the tax above: what is on the return of each trust that files its own."""
    for name in page.starting("OTHER_", "_NAME"):
        start = name.id.removesuffix("_NAME")
        gains = [f"{page.signed(f'{start}_LT_GAIN')} long-term"]
        if page(f"{start}_ST_GAIN") != "$0":
            gains.append(f"{page.signed(f'{start}_ST_GAIN')} short-term")
        text = f"{name.display}, its own return: {', '.join(gains)}"
        tax = page.fact(f"{start}_TAX")
        if tax:
            text += f", tax {'saved ' if tax.direction is Direction.DOWN else ''}{tax.display}"
        yield "Of it", text, False


def _budget_lines(page: Page) -> Iterable[tuple[str, str, bool]]:
    if not page("GAIN_BUDGET"):
        return
    used = f"{page.signed('BUDGET_USED')} of {page('GAIN_BUDGET')}"
    if page("BUDGET_EXCESS"):
        yield "Gain budget", f"{used}: exceeded by {page('BUDGET_EXCESS')}", True
    else:
        yield "Gain budget", f"{used}: {page('BUDGET_LEFT')} left", False
    if page("ALT_GAIN"):
        text = f"trim {page('ALT_TRIM')}, gain {page.signed('ALT_GAIN')}"
        text += f", tax {page('ALT_TAX')}" if page("ALT_TAX") else ""
        if page("ALT_RESIDUAL"):
            text += f"; {page('ALT_RESIDUAL_NAME')} stays {page('ALT_RESIDUAL')}"
        yield "Within budget", text, False


def _rmd_lines(page: Page) -> Iterable[tuple[str, str, bool]]:
    for pool in [f for i, f in page.items() if i.startswith("RMD_POOL")]:
        end = pool.id.removeprefix("RMD_POOL")
        label = "RMD" if end == "" else f"RMD ({'spouse, ' if '_SPOUSE' in end else ''}{pool.display})"
        left = page.fact(f"RMD_LEFT{end}")
        if left is None:
            yield label, "unknown: see the checks", True
        elif left.value:
            taken = page(f"RMD_TAKEN{end}")
            text = f"{left.display} left to take by {page(f'RMD_DUE{end}')}"
            if page(f"RMD_STATUS{end}") == "First year":
                text = f"{left.display} left; first year: may wait until {page(f'RMD_DUE{end}')}, but the next is due that year too"
            text += f" ({taken} of {page(f'RMD_REQUIRED{end}')} taken)" if taken != "$0" else ""
            if asked := page(f"RMD_ASKED{end}"):
                text += f"; the withdrawal asked for meets {'all' if asked == left.display else asked} of it"
            yield label, text, True
        else:
            yield label, f"{page(f'RMD_REQUIRED{end}')} for the year, all taken", False


def _harvest_lines(page: Page, review: Review, keys: Mapping[str, str]) -> list[tuple[str, str, bool]]:
    symbols = list(dict.fromkeys(c.symbol for c in review.harvest))
    lines = []
    for symbol in symbols[: page.limits.harvests]:
        start = f"HARVEST_{keys[symbol]}"
        text = f"{symbol} {page(f'{start}_LOSS')} loss"
        planned = page.fact(f"{start}_IN_PLAN")
        if planned:
            whole = planned.display == page(f"{start}_LOSS")
            text += (
                ", all of it in the plan"
                if whole
                else f", {planned.display} of it in the plan, the rest not proposed"
            )
            lines.append(("Harvest", text, False))
            continue
        swap, clear = page(f"{start}_SWAP"), page(f"{start}_CLEAR")
        text += f", swap {swap}" if swap else ", no swap designated"
        text += f"; {page(f'{start}_STATUS')}"
        little = page(f"{start}_LITTLE")
        text += f"; {little}" if little else ""
        lost = page(f"{start}_DISALLOWED")
        text += f" (up to {lost} disallowed)" if lost else ""
        text += f", clear from {clear}" if clear else ""
        lines.append(("Harvest", text, bool(clear)))
    more = page.more(len(symbols) - page.limits.harvests)
    if more:
        label, text, look = lines[-1]
        lines[-1] = (label, f"{text};  {more}", look)
    return lines
