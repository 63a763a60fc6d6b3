"""Four hand-made households in retirement: distributions, widowhood, low income, and one with wrong data."""

from __future__ import annotations

from xl_rebal.sample.models import BALANCED, INCOME
from xl_rebal.sample.rows import CASH_SYMBOL, Rows, household_rows
from xl_rebal.sample.securities import prices
from xl_rebal.sheets.layout import POSITIONS

_ACCOUNT_HEADERS = "Registration|Owner|Custodian|Prior Year-End Value|RMD Taken|Flags|Cash Reserve|Withdrawal"


# fmt: off
def marchetti() -> Rows:
    """Wrong on purpose: the custodian counts 50 bond shares more than the lots add up to, so the brief is withheld."""
    trust, ira = "1904-6650", "1904-6673"
    rows = household_rows(
        {
            "Client ID": "MAR06", "Client Name": "Marchetti Living Trust", "Filing Status": "Single", "Model": BALANCED,
            "Advisor": "Margaret Alder", "Email": "paolo.marchetti@example.com", "Birth Date": "1957-06-23",
            "Taxable Income": 98_000, "Other Investment Income": 14_100,
        },
        _ACCOUNT_HEADERS,
        (
            (trust, "Trust", "Client", "Pershing"),
            (ira, "Rollover IRA", "Client", "Pershing", 402_310),
        ),
        (
            (trust, "VTI", "2014-03-12", 640, 62_080),
            (trust, "SCHD", "2018-10-31", 3_100, 51_770),
            (trust, "AGG", "2020-05-06", 700, 81_900),
            (trust, "AGG", "2023-07-19", 500, 49_050),
            (trust, CASH_SYMBOL, None, 11_742.30),
            (ira, "IVV", "2019-07-10", 310, 92_690),
            (ira, "VCIT", "2021-06-02", 2_250, 213_750),
            (ira, CASH_SYMBOL, None, 6_020.11),
        ),
        (
            ("2026-09-08", trust, "Transfer In", 4_992, "AGG", 50),
            ("2026-10-05", trust, "Interest", 310.85, "AGG"),
        ),
        (
            ("2026-09-10", "Call", "Tomas Lindqvist",
             "Paolo moved fifty shares of the bond fund over from his old bank. Lot details were promised within a "
             "month; the cost basis has not arrived."),
            ("2026-05-21", "Meeting", "Margaret Alder",
             "Wants the trust to stay simple for his daughter, who will be successor trustee."),
        ),
        prices(),
    )
    bonds = next(p for p in rows[POSITIONS.name] if p["Symbol"] == "AGG")
    bonds["Quantity"], bonds["Value"] = 1_250.0, 124_800.0
    return rows


def okafor() -> Rows:
    """Two owners' RMDs: one taken, partly as a QCD; the other open, with too little cash in its IRA."""
    joint, his, hers, plan = "9031-5508", "9031-5519", "9031-5524", "TIAA-403B-4410"
    return household_rows(
        {
            "Client ID": "OKA07", "Client Name": "Samuel & Adaeze Okafor", "Filing Status": "Married filing jointly",
            "Model": INCOME, "Advisor": "Margaret Alder", "Email": "okafor.family@example.com",
            "Birth Date": "1946-11-30", "Spouse Birth Date": "1950-02-11", "Taxable Income": 112_400,
            "Other Investment Income": 10_250, "State Rate": 0.044, "Gain Budget": 30_000,
        },
        _ACCOUNT_HEADERS,
        (
            (joint, "Joint", "Joint", "Schwab", None, None, "Distribution phase"),
            (his, "Traditional IRA", "Client", "Schwab", 612_060, 30_300, "Distribution phase; QCD to the library fund"),
            (hers, "Traditional IRA", "Spouse", "Schwab", 331_800, 0, "Distribution phase"),
            (plan, "403(b)", "Client", "TIAA", 80_800, 4_000),
        ),
        (
            (joint, "VTV", "2010-06-16", 700, 34_300),
            (joint, "PG", "2009-03-18", 210, 9_870),
            (joint, "VTEB", "2021-01-27", 2_600, 143_260),
            (joint, CASH_SYMBOL, None, 41_960.75),
            (his, "VOO", "2015-02-25", 290, 56_550),
            (his, "AGG", "2016-09-14", 2_700, 304_020),
            (his, "SGOV", "2024-01-10", 900, 90_360),
            (his, CASH_SYMBOL, None, 12_380.09),
            (hers, "VTI", "2016-04-06", 480, 50_400),
            (hers, "VXUS", "2017-10-18", 620, 34_720),
            (hers, "VCIT", "2019-11-20", 1_450, 132_530),
            (hers, CASH_SYMBOL, None, 6_204.33),
            (plan, "SCHB", "2018-09-26", 2_500, 43_500),
        ),
        (
            ("2026-03-16", his, "RMD", 12_650),
            ("2026-06-15", his, "RMD", 12_650),
            ("2026-06-22", his, "QCD", 5_000),
            ("2026-08-17", plan, "RMD", 4_000),
            ("2026-09-15", joint, "Withdrawal", 9_000),
        ),
        (
            ("2026-06-22", "Call", "Margaret Alder",
             "Samuel's gift to the library fund was sent directly from his IRA. Adaeze has not decided when to take "
             "hers; she asked for a reminder in October."),
            ("2026-03-30", "Meeting", "Margaret Alder",
             "Review at their home. Comfortable with less stock than last year. Grandson's wedding in May."),
        ),
        prices(),
    )


def klein() -> Rows:
    """Widow in her first RMD year, with an inherited IRA; cash is asked for and a reserve kept."""
    individual, ira, inherited = "4410-8837", "4410-8842", "4410-8859"
    return household_rows(
        {
            "Client ID": "KLE08", "Client Name": "Dorothea Klein", "Filing Status": "Single", "Model": INCOME,
            "Advisor": "Daniel Finch", "Email": "d.klein@example.com", "Birth Date": "1953-04-11",
            "Taxable Income": 64_300, "Other Investment Income": 5_600,
        },
        _ACCOUNT_HEADERS,
        (
            (individual, "Individual", "Client", "Schwab", None, None, "Distribution phase", 12_000, 45_000),
            (ira, "Rollover IRA", "Client", "Schwab", 424_000, 0, "First RMD year"),
            (inherited, "Inherited IRA", "Client", "Schwab", 118_000, 0, "From her brother, died 2024"),
        ),
        (
            (individual, "VTI", "2012-05-30", 210, 14_280),
            (individual, "VTI", "2022-06-15", 160, 30_080),
            (individual, "JNJ", "2021-08-25", 240, 42_480),
            (individual, "MUB", "2019-03-27", 850, 94_350),
            (individual, CASH_SYMBOL, None, 21_390.66),
            (ira, "SCHB", "2017-02-08", 6_400, 88_320),
            (ira, "AGG", "2018-07-11", 1_800, 190_080),
            (ira, "VTIP", "2022-08-17", 1_100, 54_450),
            (ira, CASH_SYMBOL, None, 18_004.52),
            (inherited, "IXUS", "2024-11-06", 520, 37_440),
            (inherited, "BND", "2024-11-06", 950, 69_350),
            (inherited, CASH_SYMBOL, None, 3_377.10),
        ),
        (
            ("2026-04-20", individual, "Withdrawal", 8_000),
            ("2026-09-30", individual, "Interest", 402.18, "MUB"),
        ),
        (
            ("2026-10-07", "Call", "Daniel Finch",
             "The roof estimate is in and she also needs a car. Asked to have the money in her checking account by the "
             "end of October, without touching the emergency reserve."),
            ("2026-07-09", "Meeting", "Daniel Finch",
             "First meeting since the memorial. Went through the first distribution year and the choice of waiting "
             "until spring; she leans towards not waiting, to avoid two in one year."),
        ),
        prices(),
        "Redtail",
    )


def pruitt() -> Rows:
    """Low income: long-term gains up to the top of the 0 % bracket cost nothing. Spouse over ten years younger."""
    joint, ira, roth = "0072-1196", "0072-1203", "0072-1218"
    return household_rows(
        {
            "Client ID": "PRU09", "Client Name": "Walter & June Pruitt", "Filing Status": "Married filing jointly",
            "Model": BALANCED, "Advisor": "Priya Raman", "Email": "june.pruitt@example.com",
            "Birth Date": "1944-06-07", "Spouse Birth Date": "1956-01-25", "Taxable Income": 36_200,
            "Other Investment Income": 4_900, "Gain Budget": 60_000, "Cash Reserve": 8_000,
        },
        _ACCOUNT_HEADERS,
        (
            (joint, "Joint", "Joint", "Schwab"),
            (ira, "Traditional IRA", "Client", "Schwab", 185_000, 2_500, "June is the sole beneficiary"),
            (roth, "Roth IRA", "Spouse", "Schwab"),
        ),
        (
            (joint, "DE", "2003-04-16", 560, 11_760),
            (joint, "XOM", "2020-10-28", 620, 20_460),
            (joint, "VTV", "2013-11-06", 1_000, 75_000),
            (joint, "VTEB", "2022-02-02", 900, 47_700),
            (joint, CASH_SYMBOL, None, 19_250.40),
            (ira, "VCIT", "2019-08-14", 640, 58_240),
            (ira, "SCHZ", "2017-12-20", 2_700, 70_470),
            (ira, CASH_SYMBOL, None, 9_104.80),
            (roth, "VEA", "2019-08-07", 90, 3_645),
            (roth, "SCHP", "2022-11-30", 1_150, 30_130),
        ),
        (
            ("2026-04-15", ira, "RMD", 2_500),
            ("2026-09-10", joint, "Dividend", 613.80, "XOM"),
            ("2026-07-20", joint, "Sell", 7_210, "VTV", 40, 0, 4_010),
        ),
        (
            ("2026-09-24", "Meeting", "Priya Raman",
             "June keeps the books. Their preparer says there is room for gains at no federal tax this year; they would "
             "like to use it before Walter's rental is sold next year."),
            ("2026-04-02", "Preference", "Priya Raman", "Wants letters on paper, large print."),
            ("2026-10-01", "Call", "Priya Raman",
             "Walter called about the dividend. He would rather not sell the Exxon shares."),
        ),
        prices(),
    )
# fmt: on
