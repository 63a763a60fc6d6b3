"""Seven hand-made households before retirement; each shows rules that the others do not.

Each function's docstring says what its household is there for.
"""

from __future__ import annotations

from xl_rebal.sample.models import BALANCED, EMPLOYER_STOCK, GROWTH, GROWTH_CAPPED, REAL_ASSETS
from xl_rebal.sample.rows import CASH_SYMBOL, Rows, household_rows
from xl_rebal.sample.securities import prices

_ACCOUNT_HEADERS = "Registration|Owner|Custodian|Flags|Cash Reserve|Withdrawal"


# fmt: off
def nakamura() -> Rows:
    """In band: no action. A contribution came after the model's target date."""
    joint, plan, roth, hsa = "7702-1140", "7702-1158", "7702-1163", "H-220917"
    return household_rows(
        {
            "Client ID": "NAK02", "Client Name": "Kenji & Laura Nakamura", "Filing Status": "Married filing jointly",
            "Model": GROWTH, "Advisor": "Daniel Finch", "Email": "laura.nakamura@example.com",
            "Birth Date": "1981-09-12", "Spouse Birth Date": "1983-01-30",
            "Taxable Income": 268_000, "Other Investment Income": 9_400, "State Rate": 0.0495, "Gain Budget": 25_000,
        },
        _ACCOUNT_HEADERS,
        (
            (joint, "Joint", "Joint", "Schwab"),
            (plan, "401(k)", "Client", "Fidelity", "Self-directed window; no transaction fee funds only"),
            (roth, "Roth IRA", "Spouse", "Schwab"),
            (hsa, "HSA", "Client", "Fidelity", "Reimbursement receipts kept by the client"),
        ),
        (
            (joint, "VTI", "2017-04-19", 420, 50_904),
            (joint, "VTI", "2020-03-25", 510, 63_240),
            (joint, "VTI", "2024-08-07", 220, 56_892),
            (joint, "VXUS", "2018-11-14", 1_400, 72_660),
            (joint, "VXUS", "2022-10-12", 1_200, 54_480),
            (joint, "MUB", "2021-02-03", 500, 58_500),
            (joint, "MUB", "2025-05-14", 400, 41_640),
            (joint, CASH_SYMBOL, None, 21_316.42),
            (plan, "VTSAX", "2019-06-28", 1_900, 138_700),
            (plan, "BND", "2020-09-30", 1_450, 126_900),
            (roth, "IJR", "2019-02-20", 900, 68_400),
            (roth, "QQQ", "2021-12-08", 150, 59_550),
            (hsa, "SWPPX", "2022-01-19", 900, 9_540),
            (hsa, CASH_SYMBOL, None, 4_210.08),
        ),
        (
            ("2026-09-30", joint, "Contribution", 18_000),
            ("2026-10-01", joint, "Dividend", 1_204.50, "VTI"),
            ("2026-06-30", plan, "Fee", 31.25),
        ),
        (
            ("2026-06-11", "Meeting", "Daniel Finch",
             "Mid-year review by video. House search is on hold until rates fall, so the down payment money stays "
             "invested. Laura returns to full time in January."),
            ("2026-02-17", "Preference", "Daniel Finch",
             "Prefers broad index funds; no single stocks in the joint account."),
        ),
        prices(),
    )


def delgado() -> Rows:
    """Large short-term lots beside old long-term ones; one lot turns long-term in 13 days. 401(k) is held away."""
    joint, plan, roth = "8815-0462", "W-55120-401K", "8815-0477"
    return household_rows(
        {
            "Client ID": "DEL03", "Client Name": "Delgado-Whitfield Household",
            "Filing Status": "Married filing jointly", "Model": GROWTH, "Advisor": "Priya Raman",
            "Email": "m.delgado@example.com", "Birth Date": "1976-03-08", "Spouse Birth Date": "1974-12-02",
            "Taxable Income": 342_000, "MAGI": 374_200, "Other Investment Income": 7_150, "State Rate": 0.0425,
        },
        _ACCOUNT_HEADERS,
        (
            (joint, "Joint", "Joint", "Schwab"),
            (plan, "401(k)", "Spouse", "Empower", "Do not trade: employer plan, advice only; Jordan places changes"),
            (roth, "Roth IRA", "Client", "Schwab"),
        ),
        (
            (joint, "IVV", "2019-03-20", 280, 79_240),
            (joint, "IVV", "2025-10-27", 420, 239_820),
            (joint, "QQQ", "2021-06-16", 140, 48_300),
            (joint, "QQQ", "2026-02-11", 60, 32_880),
            (joint, "JPM", "2018-05-09", 150, 16_950),
            (joint, CASH_SYMBOL, None, 14_022.71),
            (plan, "VTSAX", "2018-12-31", 1_500, 93_000),
            (plan, "BND", "2021-03-31", 1_300, 110_240),
            (roth, "VXUS", "2022-03-09", 300, 17_280),
        ),
        (
            ("2026-02-11", joint, "Buy", 32_880, "QQQ", 60),
            ("2026-05-20", joint, "Sell", 21_460, "SCHD", 800, 1_312, 0),
            ("2026-10-01", joint, "Dividend", 1_190.70, "IVV"),
        ),
        (
            ("2026-07-22", "Call", "Priya Raman",
             "Mateo asked why we never sell the fund he bought last fall. Explained the holding period; he would rather "
             "wait for long-term treatment than pay ordinary rates."),
            ("2026-04-16", "Email", "Priya Raman",
             "Jordan changes the 401(k) funds herself each quarter and wants our list by the 20th."),
            ("2026-10-08", "Email", "Priya Raman",
             "Mateo wrote about the kitchen. They will need $40k for it in January."),
        ),
        prices(),
    )


def venkataraman() -> Rows:
    """Loss carryforwards of both terms make most of a trim free of tax; a loss was realized this year."""
    individual, rollover, roth = "2093-7714", "2093-7720", "2093-7735"
    return household_rows(
        {
            "Client ID": "VEN04", "Client Name": "Priyanka Venkataraman", "Filing Status": "Single",
            "Model": GROWTH_CAPPED,
            "Advisor": "Priya Raman", "Email": "priyanka.v@example.com", "Birth Date": "1985-11-21",
            "Taxable Income": 410_000, "MAGI": 428_900, "Other Investment Income": 12_300, "State Rate": 0.0575,
            "ST Carryforward": 6_500, "LT Carryforward": 84_000, "Gain Budget": 120_000,
        },
        _ACCOUNT_HEADERS,
        (
            (individual, "Individual", "Client", "Schwab"),
            (rollover, "Rollover IRA", "Client", "Schwab"),
            (roth, "Roth IRA", "Client", "Schwab", "Backdoor contribution each January"),
        ),
        (
            (individual, "NVDA", "2018-08-22", 75, 5_025),
            (individual, "NVDA", "2023-01-18", 35, 6_125),
            (individual, "VUG", "2020-06-10", 310, 62_620),
            (individual, "VTI", "2021-09-15", 420, 96_600),
            (individual, "VTI", "2026-03-04", 90, 28_170),
            (individual, "MUB", "2022-06-22", 420, 44_940),
            (individual, CASH_SYMBOL, None, 17_645.90),
            (rollover, "VWO", "2019-09-11", 150, 6_330),
            (rollover, "VCIT", "2020-10-07", 380, 36_290),
            (roth, "IXUS", "2021-01-13", 110, 7_590),
            (roth, CASH_SYMBOL, None, 212.35),
        ),
        (
            ("2026-03-04", individual, "Buy", 28_170, "VTI", 90),
            ("2026-04-02", individual, "Sell", 33_780, "XOM", 300, 0, -4_150),
            ("2026-01-14", roth, "Contribution", 7_500),
            ("2026-09-28", individual, "Dividend", 268.40, "VTI"),
        ),
        (
            ("2026-09-10", "Meeting", "Priya Raman",
             "Tax planning call with her accountant. The loss from the 2022 venture note is still being used up; she "
             "wants to spend it on bringing the chip stock down while income is high."),
            ("2026-01-14", "Task", "Owen Tarrant", "Backdoor Roth contribution done; Form 8606 reminder sent."),
        ),
        prices(),
        "Redtail",
    )


def abernathy() -> Rows:
    """Inherited shares of unknown basis, a stale price, accounts of the children, no CRM entry for over a year."""
    individual, roth, utma, college = "0056-3318", "0056-3324", "0056-3391", "529-771904"
    return household_rows(
        {
            "Client ID": "ABE05", "Client Name": "Abernathy Family", "Filing Status": "Head of household",
            "Model": BALANCED, "Advisor": "Daniel Finch", "Email": "claire.abernathy@example.com",
            "Birth Date": "1979-02-26", "Taxable Income": 121_500, "Other Investment Income": 6_800,
        },
        _ACCOUNT_HEADERS,
        (
            (individual, "Individual", "Client", "Schwab", None, 10_000),
            (roth, "Roth IRA", "Client", "Schwab"),
            (utma, "Custodial (UTMA)", "Client", "Schwab", "College funding: Maeve starts in fall 2028"),
            (college, "529", "Client", "State plan",
             "Do not trade: age-based portfolio run by the plan; College funding"),
        ),
        (
            (individual, "XOM", "1998-07-15", 400, None, None, "No"),
            (individual, "XOM", "2020-11-04", 150, 5_130),
            (individual, "DE", "2017-05-24", 130, 15_795),
            (individual, "VTI", "2016-01-27", 300, 28_800),
            (individual, "PG", "2025-12-03", 90, 13_230),
            (individual, "AGG", "2023-10-25", 640, 59_520),
            (individual, CASH_SYMBOL, None, 16_480.12),
            (roth, "VXUS", "2018-02-21", 520, 30_160),
            (roth, "SCHZ", "2021-08-11", 1_250, 36_250),
            (utma, "VOO", "2019-10-16", 24, 6_600),
            (utma, CASH_SYMBOL, None, 730.55),
            (college, "VTSAX", "2017-09-06", 190, 11_780),
            (college, "BND", "2020-02-19", 300, 25_410),
        ),
        (
            ("2026-09-21", individual, "Dividend", 396, "XOM"),
            ("2026-05-04", college, "Contribution", 500),
            ("2026-06-02", college, "Contribution", 500),
        ),
        (
            ("2025-08-20", "Meeting", "Daniel Finch",
             "Claire is looking for her late father's purchase records for the oil shares; the old transfer agent may "
             "have them. Until then nothing of that block is to be sold."),
            ("2024-05-14", "Preference", "Daniel Finch", "Do not contact at work. Evenings by phone only."),
        ),
        prices(),
    )


def sorensen() -> Rows:
    """CG rate override and a state rate; a trust with a return of its own; a minor's account that is not traded."""
    joint, trust, sep, utma = "3340-9021", "3340-9088", "3340-9045", "3340-9106"
    return household_rows(
        {
            "Client ID": "SOR10", "Client Name": "Sorensen, Erik and Beatrix", "Filing Status": "Married filing jointly",
            "Model": REAL_ASSETS, "Advisor": "Margaret Alder", "Email": "office@sorensen.example.com",
            "Birth Date": "1968-10-04", "Spouse Birth Date": "1971-07-17", "Taxable Income": 585_000,
            "Other Investment Income": 48_000, "CG Rate": 0.238, "State Rate": 0.093, "Gain Budget": 150_000,
        },
        f"{_ACCOUNT_HEADERS}|Own Taxable Income",
        (
            (joint, "Joint", "Joint", "Fidelity", None, 40_000),
            (trust, "Irrevocable Trust", "Client", "Fidelity", "Trustee: Helen Sorensen; distributions need her consent",
             None, None, 12_400),
            (sep, "SEP IRA", "Client", "Fidelity"),
            (utma, "Custodial (UTMA)", "Spouse", "Fidelity", "For Nils, 15"),
        ),
        (
            (joint, "VTI", "2011-10-05", 900, 52_200),
            (joint, "VTI", "2019-12-18", 700, 113_400),
            (joint, "IEFA", "2020-04-15", 2_100, 112_350),
            (joint, "BRK.B", "2014-02-12", 330, 38_280),
            (joint, "BRK.B", "2026-05-06", 60, 28_260),
            (joint, "VTEB", "2022-09-28", 4_800, 235_200),
            (joint, "VTEB", "2026-01-21", 2_500, 127_750),
            (joint, "GLDM", "2021-05-12", 700, 25_620),
            (joint, CASH_SYMBOL, None, 64_880.03),
            (trust, "SPY", "2016-11-16", 420, 91_560),
            (trust, "LQD", "2021-07-28", 900, 120_960),
            (trust, CASH_SYMBOL, None, 3_905.60),
            (sep, "VEA", "2018-06-06", 3_400, 153_000),
            (sep, "VNQ", "2022-04-20", 1_350, 146_070),
            (sep, "SCHP", "2023-03-15", 5_200, 137_800),
            (sep, CASH_SYMBOL, None, 9_411.27),
            (utma, "ITOT", "2021-03-24", 160, 14_560),
        ),
        (
            ("2026-01-21", joint, "Buy", 127_750, "VTEB", 2_500),
            ("2026-05-06", joint, "Buy", 28_260, "BRK.B", 60),
            ("2026-03-12", trust, "Sell", 40_200, "SPY", 64, 0, 25_900),
            ("2026-06-15", joint, "Withdrawal", 35_000),
        ),
        (
            ("2026-08-27", "Meeting", "Margaret Alder",
             "Erik's accountant asks that we use his all-in federal rate on gains for planning. The trust's return is "
             "prepared separately and its gains are not to be mixed with theirs."),
            ("2026-05-06", "Call", "Margaret Alder",
             "Beatrix worries about inflation and wants the real assets sleeve filled by year end, slowly."),
            ("2026-09-22", "Call", "Margaret Alder",
             "Quarterly call with Erik. He does not want to sell Berkshire, in any account."),
        ),
        prices(),
        "Salesforce",
    )


def rosenthal() -> Rows:
    """Gain budget nearly used this year; losses are washed by purchases in the spouse's IRA, one of them past."""
    joint, his, hers = "6127-4403", "6127-4418", "6127-4421"
    return household_rows(
        {
            "Client ID": "ROS11", "Client Name": "Rosenthal-Baptiste", "Filing Status": "Married filing jointly",
            "Model": BALANCED, "Advisor": "Daniel Finch", "Email": "miriam.rosenthal@example.com",
            "Birth Date": "1963-08-15", "Spouse Birth Date": "1961-05-03", "Taxable Income": 236_000,
            "MAGI": 268_200, "Other Investment Income": 15_900, "State Rate": 0.0307, "Gain Budget": 60_000,
        },
        _ACCOUNT_HEADERS,
        (
            (joint, "Joint", "Joint", "Schwab"),
            (his, "Traditional IRA", "Spouse", "Schwab", "Dividends reinvested at Luc's request"),
            (hers, "Roth IRA", "Client", "Schwab"),
        ),
        (
            (joint, "VOO", "2013-09-18", 940, 145_230),
            (joint, "VOO", "2021-11-17", 180, 77_760),
            (joint, "VTV", "2016-08-10", 1_400, 123_200),
            (joint, "VXUS", "2026-01-14", 1_900, 156_180),
            (joint, "JNJ", "2012-12-05", 260, 18_200),
            (joint, "VTEB", "2024-01-17", 2_300, 113_160),
            (joint, CASH_SYMBOL, None, 33_072.18),
            (his, "VXUS", "2019-05-15", 150, 7_725),
            (his, "VXUS", "2026-09-22", 6.84, 507.25),
            (his, "IEMG", "2026-09-04", 250, 16_487.50),
            (his, "AGG", "2019-08-21", 2_350, 265_550),
            (his, "SCHP", "2021-10-13", 2_600, 81_640),
            (his, CASH_SYMBOL, None, 2_118.66),
            (hers, "VB", "2018-01-24", 40, 6_040),
            (hers, "LQD", "2022-05-11", 420, 48_300),
        ),
        (
            ("2026-03-18", joint, "Sell", 96_420, "VOO", 155, 0, 61_900),
            ("2026-08-20", joint, "Sell", 58_310, "IEMG", 900, -6_400, 0),
            ("2026-09-04", his, "Buy", 16_487.50, "IEMG", 250),
            ("2026-09-22", his, "Dividend", 507.25, "VXUS"),
            ("2026-09-22", his, "Reinvest", 507.25, "VXUS", 6.84),
            ("2026-01-14", joint, "Buy", 156_180, "VXUS", 1_900),
        ),
        (
            ("2026-09-03", "Call", "Daniel Finch",
             "Miriam: the spring sale for the bathroom used most of the gain budget and she does not want to go past it "
             "without a call first."),
            ("2026-08-20", "Trade note", "Owen Tarrant",
             "Emerging markets fund sold at a loss in the joint account. Luc was told not to buy it back for a month."),
            ("2026-04-28", "Preference", "Daniel Finch", "Luc keeps dividend reinvestment on in his IRA."),
        ),
        prices(),
    )


def obrien() -> Rows:
    """A concentrated employer's stock: relative bands, a ceiling of its own, and lots that must not be sold."""
    joint, plan, roth, hsa = "5580-2216", "MS-401K-77120", "5580-2249", "H-884013"
    return household_rows(
        {
            "Client ID": "OBR12", "Client Name": "O'Brien & Núñez", "Filing Status": "Married filing jointly",
            "Model": EMPLOYER_STOCK, "Advisor": "Priya Raman", "Email": "obrien.nunez@example.com",
            "Birth Date": "1980-04-29", "Spouse Birth Date": "1982-08-14", "Taxable Income": 508_000,
            "Other Investment Income": 11_200, "Gain Budget": 90_000, "Cash Reserve": 20_000,
            "Folder": "OBrien-Nunez",
        },
        _ACCOUNT_HEADERS,
        (
            (joint, "Joint", "Joint", "Schwab", "Concentrated employer stock; trading window rules apply"),
            (plan, "401(k)", "Client", "Fidelity"),
            (roth, "Roth IRA", "Spouse", "Schwab"),
            (hsa, "HSA", "Spouse", "Fidelity"),
        ),
        (
            (joint, "MSFT", "2016-08-31", 500, 28_750, "Yes"),
            (joint, "MSFT", "2020-08-31", 260, 58_600),
            (joint, "MSFT", "2022-08-31", 180, 47_160),
            (joint, "MSFT", "2025-11-28", 90, 35_550, "Yes"),
            (joint, "MSFT", "2026-08-31", 85, 36_890, "Yes"),
            (joint, "INTC", "2021-04-14", 900, 58_500),
            (joint, "VTI", "2019-01-16", 380, 50_540),
            (joint, "SCHZ", "2024-02-28", 2_900, 66_120),
            (joint, CASH_SYMBOL, None, 38_760.44),
            (plan, "VTSAX", "2020-12-31", 1_350, 124_200),
            (plan, "VXUS", "2021-12-31", 1_050, 66_780),
            (plan, "AGG", "2022-12-30", 610, 59_170),
            (roth, "IJR", "2021-02-17", 330, 35_640),
            (hsa, "SWVXX", None, 12_406.77),
        ),
        (
            ("2026-08-31", joint, "Buy", 36_890, "MSFT", 85),
            ("2026-09-11", joint, "Dividend", 926.35, "MSFT"),
            ("2026-02-26", joint, "Sell", 60_900, "MSFT", 145, 0, 22_680),
        ),
        (
            ("2026-08-06", "Meeting", "Priya Raman",
             "Siobhán stays subject to the company's trading policy: the founders' grant and anything vested in the last "
             "year are not to be sold. The rest may be trimmed inside the window."),
            ("2026-08-06", "Meeting", "Priya Raman",
             "Rafael asks about the old chip holding, which is under water. Fine with taking the loss and replacing it."),
            ("2025-12-09", "Preference", "Priya Raman", "Keep cash for the spring property tax in the joint account."),
        ),
        prices(),
    )
# fmt: on
