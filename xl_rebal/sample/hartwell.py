"""The Hartwell household: the worked example. Its best plan is known to the share, so it is a test of the optimiser.

Equity stands 6.2 points over its 65 % target. Sheltered equity may not be sold (the IRA is in transfer, the Roth's
lots are held), SCHB stands within one share of its lower edge. So the cure comes from three stocks: AAPL, dearest in
tax per dollar, only to its upper edge (200 shares); NVDA, cheapest, to its lower edge (50); MSFT the rest (100).
tests/sample/test_hartwell.py derives each of these numbers.
"""

from __future__ import annotations

from xl_rebal.sample.rows import CASH_SYMBOL, Rows, positions_of, rows_of
from xl_rebal.sample.securities import prices
from xl_rebal.sheets.layout import ACCOUNTS, ACTIVITY, CLIENTS, LOTS, NOTES, POSITIONS, TARGETS

CLIENT_ID = "HAR01"
MODEL = "Hartwell IPS 65/32/3"
JOINT = "4471-2086"
TRUST = "4471-3390"
IRA = "4471-5512"
ROTH = "4471-5527"

# fmt: off
_CLIENTS = (
    (
        CLIENT_ID, "Hartwell Family", "Married filing jointly", MODEL, "Margaret Alder", "richard.hartwell@example.com",
        "1947-05-19", "1951-03-02", 640_000, 689_400, 96_500, 100_000,
    ),
)

_ACCOUNTS = (
    (JOINT, "Joint", "Schwab", "Joint", None, None, None),
    (TRUST, "Trust", "Schwab", "Joint", None, None, "Revocable: Richard and Ellen are trustees"),
    (
        IRA, "Traditional IRA", "Schwab", "Client", 1_835_700, 0,
        "Do not trade: transfer of the IRA to Schwab (ACAT) is in progress, complete by early December; "
        "Cash for the RMD is already there",
    ),
    (ROTH, "Roth IRA", "Schwab", "Spouse", None, None, "Left to the grandchildren"),
)

_TARGETS_AS_OF = "2026-10-01"
_TARGETS = (
    ("Equity", 0.65),
    ("Fixed Income", 0.32),
    ("Cash", 0.03),
    ("Equity", 0.064, "AAPL"),
    ("Equity", 0.06, "MSFT"),
    ("Equity", 0.06, "NVDA"),
    ("Equity", 0.11, "SCHB", 0.10, "Relative"),
    ("Equity", 0.14, "IVV"),
    ("Equity", 0.09, "VXUS"),
    ("Equity", 0.066, "SCHD"),
    ("Equity", 0.06, "VB"),
)

_LOTS = (
    # Joint: the sold lots are AAPL of 2019-11-08 and MSFT of 2019-10-25; the others cost more tax per dollar.
    (JOINT, "AAPL", "2013-05-22", 400, 6_240),
    (JOINT, "AAPL", "2016-06-15", 300, 7_290),
    (JOINT, "AAPL", "2019-11-08", 200, 13_000),
    (JOINT, "MSFT", "2015-03-11", 250, 10_475),
    (JOINT, "MSFT", "2017-09-20", 246, 18_474),
    (JOINT, "MSFT", "2019-10-25", 100, 14_000),
    (JOINT, "SCHB", "2026-09-09", 9_375, 248_062.50),
    # Trust: the sold lot is NVDA of 2024-02-14.
    (TRUST, "AAPL", "2014-10-08", 359, 9_048),
    (TRUST, "NVDA", "2019-06-12", 39, 1_482),
    (TRUST, "NVDA", "2020-10-21", 30, 4_065),
    (TRUST, "NVDA", "2024-02-14", 50, 37_000),
    (TRUST, "MUB", "2023-11-02", 190, 19_532),
    # Traditional IRA: in transfer, not traded.
    (IRA, "IVV", "2012-02-14", 400, 54_120),
    (IRA, "IVV", "2018-04-03", 210, 54_642),
    (IRA, "VXUS", "2014-07-16", 1_500, 80_550),
    (IRA, "VXUS", "2020-05-20", 810, 37_827),
    (IRA, "SCHD", "2015-08-25", 4_200, 51_660),
    (IRA, "SCHD", "2021-03-17", 2_960, 71_040),
    (IRA, "VB", "2013-01-30", 690, 59_823),
    (IRA, "AGG", "2016-02-10", 2_100, 229_530),
    (IRA, "AGG", "2022-12-14", 2_210, 217_685),
    (IRA, "VCIT", "2019-02-06", 2_580, 216_978),
    (IRA, "SCHP", "2020-03-18", 3_855, 105_858),
    # Roth IRA, Ellen's: held for the grandchildren.
    (ROTH, "SCHB", "2019-04-10", 1_900, 22_040, "Yes"),
    (ROTH, "SCHB", "2023-06-29", 240.35, 4_105.18, "Yes"),
    (ROTH, "SCHB", "2026-10-02", 9.55, 245.63, "Yes"),
    (ROTH, "VXUS", "2019-04-10", 1_270, 66_294, "Yes"),
    # Money.
    (JOINT, CASH_SYMBOL, None, 1_204.55),
    (TRUST, CASH_SYMBOL, None, 318.20),
    (IRA, CASH_SYMBOL, None, 87_642.18),
    (ROTH, CASH_SYMBOL, None, 155.68),
)

_ACTIVITY = (
    ("2026-09-08", JOINT, "Contribution", 250_000, None, None),
    ("2026-09-09", JOINT, "Buy", 248_062.50, "SCHB", 9_375),
    ("2026-10-02", JOINT, "Dividend", 774.38, "SCHB", None),
    ("2026-10-02", ROTH, "Dividend", 245.63, "SCHB", None),
    ("2026-10-02", ROTH, "Reinvest", 245.63, "SCHB", 9.55),
    ("2026-09-30", IRA, "Interest", 214.36, None, None),
)

_NOTES = (
    (
        "2026-08-14", "Meeting", "Margaret Alder",
        "Annual review with Richard and Ellen. Comfortable with tax-loss harvesting as long as the overall risk stays "
        "the same. Richard wants the RMD coordinated and settled before the holidays, not in the last week of December "
        "as last year.",
    ),
    (
        "2026-09-08", "Email", "Margaret Alder",
        "Proceeds of the lake house: $250,000 wired to the joint account. Agreed to put it into the broad U.S. fund at "
        "once and to have the model targets reset with the new money included.",
    ),
    (
        "2026-09-29", "Call", "Tomas Lindqvist",
        "Transfer desk: Richard's IRA is moving to Schwab by ACAT and must not be traded until it has settled, expected "
        "by early December. Cash for the RMD was raised before the transfer started.",
    ),
    (
        "2025-11-20", "Preference", "Margaret Alder",
        "Ellen's Roth is meant for the grandchildren. Leave its funds alone, the international fund above all.",
    ),
    (
        "2026-03-05", "Preference", "Tomas Lindqvist",
        "Would rather pay some tax than let single stocks grow any further, but asked for a gain budget for the year "
        "and wants to be told before it is passed.",
    ),
)
# fmt: on


def hartwell_rows() -> Rows:
    """Rows of every sheet for the Hartwell household alone, its model included; securities are the firm's."""
    lots = rows_of(LOTS, "Account ID|Symbol|Acquired|Quantity|Cost Basis|Hold", _LOTS)
    return {
        CLIENTS.name: rows_of(
            CLIENTS,
            "Client ID|Client Name|Filing Status|Model|Advisor|Email|Birth Date|Spouse Birth Date|Taxable Income|MAGI"
            "|Other Investment Income|Gain Budget",
            _CLIENTS,
        ),
        ACCOUNTS.name: rows_of(
            ACCOUNTS,
            "Account ID|Client ID|Registration|Custodian|Owner|Prior Year-End Value|RMD Taken|Flags",
            [(account, CLIENT_ID, *rest) for account, *rest in _ACCOUNTS],
        ),
        TARGETS.name: rows_of(
            TARGETS,
            "Model|As Of|Asset Class|Target|Symbol|Band|Band Type",
            [(MODEL, _TARGETS_AS_OF, *target) for target in _TARGETS],
        ),
        LOTS.name: lots,
        POSITIONS.name: positions_of(lots, prices()),
        ACTIVITY.name: rows_of(ACTIVITY, "Date|Account ID|Type|Amount|Symbol|Quantity", _ACTIVITY),
        NOTES.name: rows_of(
            NOTES, "Client ID|Date|Kind|Author|Text|Source", [(CLIENT_ID, *n, "Wealthbox") for n in _NOTES]
        ),
    }
