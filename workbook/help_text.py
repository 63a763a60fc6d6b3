"""What the Help sheet says, in plain words: (section, ((label, text), ...))."""

from __future__ import annotations

HELP: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Each quarter",
        (
            ("1. Settings", "Set As Of to the date of the data. Quarter and tax year follow it."),
            (
                "2. Import",
                "Bring in the portfolio and CRM exports with Import on the tab Rebalance, or paste rows into the "
                "input sheets. Columns may stand in any order; columns of your own are kept and ignored.",
            ),
            (
                "3. Checks",
                "Work the Checks sheet from the top. Each line names its cell, why it matters and what to do. "
                "An Error withholds that client only.",
            ),
            (
                "   Rules",
                "Sentences of CRM entries that read like a client's wish (keep a security, cash by a date, a limit of gains, "
                "how to meet) stand on the Rules sheet as Proposed and change nothing. Set Status to Confirmed and enter your "
                "name in Confirmed By, or set it to Declined. Confirmed rules hold in the plan and are cited in the brief.",
            ),
            (
                "4. Dashboard",
                "One row per client, what needs attention first: what is out of band, what the plan would sell, its gains "
                "and estimated tax, the gain budget, the RMD left, flags, how far the plan is from the best possible "
                "(Proof), the decision recorded for the quarter, a link to the folder of the briefs, and when the brief was filed, "
                "what was traded and what is next. The yellow cells choose which clients are listed, whose, and in which "
                "order; the figures on top count these. In Excel a double-click on a row shows that client on the Client "
                "sheet.",
            ),
            (
                "5. Client",
                "Choose a client in the yellow cell: drift and plan follow, with a chart of each class's weight now and after "
                "the plan against its target (outlined) and band (whiskers). To the right lie the proof, the curve of "
                "drift against tax and why these lots; then tax, wash sales and their calendar; RMDs, losses to harvest, "
                "rules of thumb and every security; what the CRM says and the tax lots to name to the custodian. Each of "
                "these bands prints as its own page.",
            ),
            (
                "What-If",
                "For the client of the Client sheet: type another gain budget, tolerance or cash need, or block short-term "
                "gains, and the plan under these wishes stands beside the plan. Empty cells leave things as they are; "
                "nothing is saved to the client.",
            ),
            (
                "Verify",
                "Recomputes values, weights, drift, the gain and term of each lot sold, and RMDs of IRAs with Excel's own "
                "formulas, beside what the functions say. The line on top says whether all figures agree; to the right are "
                "the rows that the figures are made of. Use it for the first briefs, and after every upgrade.",
            ),
            (
                "6. Generate Briefs",
                "Tab Rebalance, Briefs: one page in Word per client and a draft email, filed in the client's folder. "
                "Nothing is ever sent and no order is ever placed.",
            ),
            (
                "7. Record Decision",
                "Tab Rebalance, after the advisor has decided: it fills the Decisions sheet and the record.",
            ),
        ),
    ),
    (
        "Reading the sheets",
        (
            (
                "Headers",
                "On input sheets a dark header is required and a light one optional. Point at a header for its "
                "note: what belongs there and which values are allowed.",
            ),
            (
                "unknown",
                "The data does not say, so nothing is computed from it. It never means zero. Checks tells what "
                "to enter.",
            ),
            (
                "Yellow cells",
                "Type there. Other cells of the result sheets are protected, so that no formula is typed over by accident; "
                "Review, Unprotect Sheet lifts that, and asks for no password.",
            ),
            (
                "Errors in all cells",
                "The XR_ functions don't run in this program. Excel for Windows: Enable Content in the bar on top. Excel for Mac: "
                "Recalculate on the tab Rebalance stores every result in the file. LibreOffice: close the file without saving; in "
                "a terminal run xl-rebal libreoffice install once, then xl-rebal libreoffice open and the file's name. Elsewhere: "
                "xl-rebal refresh stores the results, to be read without the functions.",
            ),
            (
                "Cell styles",
                "Every kind of cell has a named style, in Excel under Home, Cell Styles: XR Input ... (input sheets), XR Entry and "
                "XR Setting (yellow cells), XR Header ..., XR Result ... (one for dollars, cents, percent, dates), XR Figure, XR "
                "Title. Right-click one, Modify, and all its cells follow, on every sheet. Merge Styles there takes your styles "
                "over into another workbook. LibreOffice lists them under Styles (F11) and changes them once no sheet is protected.",
            ),
            ("($1,234)", "A negative amount: a loss, a tax saving, or a gain budget that is exceeded."),
            (
                "Proof",
                "Within $0.88: no other plan under the same rules, even one with any fraction of a share, does better by "
                "more than 88 cents. Work limit: the search ended before it was done, and the true gap may be smaller. "
                "Checker: the plan's figures were derived again from its trades by other code.",
            ),
            (
                "Drift against tax",
                "Each point is the least tax for so much drift left. The diamond is this plan. $ per Point is what one "
                "percentage point more of drift would save from there on.",
            ),
            (
                "Why this plan",
                "A lot's More Tax and More Drift are what doing the opposite would add. A rule's are what keeping the "
                "rule adds now; less tax stands in parentheses. Wait: what selling on a later day would save.",
            ),
            (
                "Wash-sale calendar",
                "Clear From is the first day without a purchase (for a buy: a loss sale) in the 30 days before it, as far as "
                "the household's accounts here tell. An account that reinvests moves the date with each dividend. "
                "=XR_CALENDAR(XRBook) on a sheet of your own lists the whole firm.",
            ),
            (
                "and n more",
                "The table is longer than its place on the sheet. Type the same function on an empty sheet "
                "without its last number to see all of it, e.g. =XR_PLAN(XRClient,XRBook).",
            ),
            (
                "Ctrl+Alt+F9",
                "Calculates everything again, after an upgrade or when a cell says that data is not in memory.",
            ),
        ),
    ),
)

NOT_ADVICE = (
    "Proposals for an advisor's review. Tax figures are estimates from the data on these sheets; accounts held "
    "elsewhere are not known here."
)
