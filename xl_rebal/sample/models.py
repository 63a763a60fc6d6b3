"""Target models of the sample firm, as the Targets sheet has them."""

from __future__ import annotations

from xl_rebal.sample.rows import Row, rows_of
from xl_rebal.sheets.layout import TARGETS

GROWTH = "Growth 80"
BALANCED = "Balanced 65"
INCOME = "Income 40"
GROWTH_CAPPED = "Growth 80 Position Cap"
REAL_ASSETS = "Endowment 55"
EMPLOYER_STOCK = "Growth 80 Employer Stock"

_HEADERS = "Model|As Of|Asset Class|Target|Symbol|Lower|Upper|Band|Band Type"
_TABLE = (
    (GROWTH, "2026-07-01", "Equity", 0.80),
    (GROWTH, "2026-07-01", "Fixed Income", 0.17),
    (GROWTH, "2026-07-01", "Cash", 0.03),
    (BALANCED, "2026-07-01", "Equity", 0.65),
    (BALANCED, "2026-07-01", "Fixed Income", 0.32),
    (BALANCED, "2026-07-01", "Cash", 0.03),
    (INCOME, "2026-07-01", "Equity", 0.40),
    (INCOME, "2026-07-01", "Fixed Income", 0.56),
    (INCOME, "2026-07-01", "Cash", 0.04),
    # a single stock may grow to a fifth of the household
    (GROWTH_CAPPED, "2026-07-01", "Equity", 0.80),
    (GROWTH_CAPPED, "2026-07-01", "Fixed Income", 0.17),
    (GROWTH_CAPPED, "2026-07-01", "Cash", 0.03),
    (GROWTH_CAPPED, "2026-07-01", "Equity", 0.10, "NVDA", 0.00, 0.20),
    # edges written out
    (REAL_ASSETS, "2026-04-01", "Equity", 0.55, None, 0.50, 0.59),
    (REAL_ASSETS, "2026-04-01", "Fixed Income", 0.28, None, 0.24, 0.33),
    (REAL_ASSETS, "2026-04-01", "Real Assets", 0.14, None, 0.11, 0.18),
    (REAL_ASSETS, "2026-04-01", "Cash", 0.03, None, 0.00, 0.08),
    # relative bands, and a ceiling for the employer's stock
    (EMPLOYER_STOCK, "2026-07-01", "Equity", 0.80, None, None, None, 0.08, "Relative"),
    (EMPLOYER_STOCK, "2026-07-01", "Fixed Income", 0.17, None, None, None, 0.25, "Relative"),
    (EMPLOYER_STOCK, "2026-07-01", "Cash", 0.03, None, 0.005, 0.08),
    (EMPLOYER_STOCK, "2026-07-01", "Equity", 0.10, "MSFT", 0.00, 0.15),
)


def model_rows() -> list[Row]:
    """The Targets sheet without the Hartwell household's own model."""
    return rows_of(TARGETS, _HEADERS, _TABLE)
