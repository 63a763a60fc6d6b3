"""The placeholders that a brief's template may use: the contract with a firm that edits it in Word."""

from __future__ import annotations

from collections.abc import Mapping

PLACEHOLDERS: Mapping[str, object] = {
    "client": "name of the client",
    "quarter": "Q4 2026",
    "as_of": "date of the data",
    "aum": "the household's value",
    "account_types": "Taxable, IRA, Roth",
    "model": "target model",
    "advisor": "who signs",
    "firm": "the firm's name",
    "logo": "picture: the firm's logo, or nothing",
    "glance": {
        "trim": "proceeds of all trims, or none",
        "trim_note": "in how many lines, or nothing",
        "gain": "net gain of the trims, or none",
        "gain_note": "what is over or left of the gain budget, or nothing",
        "tax": "tax that the plan adds or saves, unknown, or none",
        "tax_note": "whether it is added or saved, or nothing",
        "rmd": "required distributions left to take, or that there are none",
        "rmd_note": "by when, or nothing",
    },
    "flags": "what needs a look, with ▲ between, or nothing",
    "drift": [
        {
            "name": "asset class",
            "target": "target weight",
            "band": "lower and upper edge",
            "current": "weight now",
            "drift": "signed drift",
            "after": "weight after the proposed trades, or nothing",
            "bar": "picture: band, target, weight now and after the proposed trades, or nothing",
            "status_out": "status when out of band, with ▲ before it, else nothing",
            "status_in": "status when in band, else nothing",
        }
    ],
    "out_of_line": "securities out of band, or nothing",
    "no_trades": "why no trades are proposed, or nothing",
    "trims": [
        {
            "symbol": "what is sold",
            "account": "kind of account and last four characters",
            "shares": "how many",
            "proceeds": "how much",
            "gain": "gain, or (loss)",
            "term": "Long-term, Short-term, No tax",
            "flag": "what to look at",
            "why": "why this lot or account, and what becomes of the plan without this sale",
        }
    ],
    "trim_total": "proceeds of all trims, those not listed included",
    "gain_total": "net gain of all trims",
    "trims_more": "how many trims are not listed, or nothing",
    "money_lines": [{"label": "Reallocate, Move cash ...", "text": "where the money goes"}],
    "proof_lines": [
        {
            "label": "Proof, Rules of thumb, Tax for total drift, Price of a rule ...",
            "text": "how near the plan is to the best possible, and what else there is",
        }
    ],
    "curve": "picture: tax against drift left, or nothing",
    "tax": [{"flag": "label of a line to look at", "label": "label of any other line", "text": "the line"}],
    "notes": ["a note about this client"],
    "checks": ["a problem or unknown of the data"],
    "email": {
        "to": "address, or nothing",
        "subject": "subject",
        "greeting": "Dear ...",
        "paragraphs": ["a paragraph"],
        "closing": "closing and name",
    },
    "drafted_by": "template, or the model's name",
    "sources": "workbook and data that the figures come from",
}
"""Every placeholder of a template with its meaning; the check before rendering goes by it."""
