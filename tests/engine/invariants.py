"""What should hold of every plan beyond the engine's own audit: no needless lack of cash, no drift made worse.

The audit (engine/audit.py) withholds a plan that breaks a hard rule; what stands here is quality, which a tiny book of
dear shares may miss for good reasons, so it is asked in tests only.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from xl_rebal.engine import audit
from xl_rebal.engine.audit import TAXED, Audit, cents_of
from xl_rebal.engine.book import Household, Settings, Shares
from xl_rebal.engine.results import Plan
from xl_rebal.params.types import TaxParameters


def violations(home: Household, settings: Settings, params: TaxParameters, plan: Plan) -> list[str]:
    """Every rule that the plan breaks, hard and soft, as sentences."""
    return [*audit.violations(home, settings, params, plan), *_Quality(home, settings, params, plan).soft()]


class _Quality(Audit):
    def soft(self) -> Iterator[str]:
        for account_id, cents in self._cash_after().items():
            reserve = self.accounts[account_id].cash_reserve_cents
            if reserve - cents > 100 and self._could_raise(account_id):
                yield f"cash of {account_id} ends at {cents} with something left to sell"
        dear = any((t.price * 100) > self.plan.before.total_cents / 50 for t in self.plan.trades)
        leaves = any(a.withdrawal_cents for a in self.home.accounts)
        dear |= any(
            -d.gain_cents > 10 * d.proceeds_cents for t in self.plan.sells for d in t.disposals
        )  # all but worthless
        was, now = self.outside(self.plan.before), self.outside(self.plan.after)
        if not (leaves or dear or self._lacks_cash()) and now > was + 1e-6:
            yield f"classes are further out than before: {was} -> {now}"

    def outside(self, drift) -> float:
        """Sum of what lies outside the class bands, as a weight."""
        return sum(
            max(0.0, s.weight - s.band.upper) + max(0.0, s.band.lower - s.weight)
            for s in drift.classes
            if s.band
        )

    def _could_raise(self, account_id: str) -> bool:
        """Whether unsold shares without a loss are left in the account (a loss may be a wash, a budget may bind)."""
        if self.limited and self.home.client.gain_budget_cents is not None:
            return False
        whole = self.settings.shares is Shares.WHOLE
        sold = {t.symbol: t.quantity for t in self.plan.sells if t.account_id == account_id}
        from_lots: dict[str, Decimal] = {}
        for trade in self.plan.sells:
            for d in trade.disposals:
                from_lots[d.lot.id] = from_lots.get(d.lot.id, Decimal(0)) + d.quantity
        taxed = self.accounts[account_id].registration in TAXED
        for lot in self.home.lots:
            if lot.account_id != account_id or self._locked(self.accounts[account_id], lot):
                continue
            price = self.home.securities[lot.symbol].price or Decimal(0)
            left = self._free_shares(account_id, lot.symbol) - sold.get(lot.symbol, Decimal(0))
            if taxed:
                if (lot.basis_cents or 0) > cents_of(lot.quantity, price):
                    continue
                left = lot.quantity - from_lots.get(lot.id, Decimal(0))
            if left >= (1 if whole else Decimal(1).scaleb(-self.settings.share_decimals)) and cents_of(
                left, price
            ):
                return True
        return False
