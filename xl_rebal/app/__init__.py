"""The use cases, one function each: load, check, review, brief, import. Excel, ribbon and terminal call the same ones.

This is where the layers meet: the packages for sheets, briefs, drafting, importers and records, which do not know each
other, are joined here.
"""

from xl_rebal.app.books import (
    Progress,
    book_of,
    counted,
    facts_of,
    has_errors,
    load,
    no_clients,
    problems_of,
    review_of,
    reviews,
    tax_parameters_of,
    withheld,
)
from xl_rebal.app.briefs import (
    BriefsResult,
    Unfiled,
    brief_template,
    client_folder,
    make_briefs,
    output_folder,
)
from xl_rebal.app.imports import explain_headers, import_files, undo_import
from xl_rebal.app.reports import briefs_record, review_record, write_results
from xl_rebal.app.samples import WORKBOOK_NAME, Demo, build_empty, demo, write_sample

__all__ = [
    "WORKBOOK_NAME",
    "BriefsResult",
    "Demo",
    "Progress",
    "Unfiled",
    "book_of",
    "brief_template",
    "briefs_record",
    "build_empty",
    "client_folder",
    "counted",
    "demo",
    "explain_headers",
    "facts_of",
    "has_errors",
    "import_files",
    "load",
    "make_briefs",
    "no_clients",
    "output_folder",
    "problems_of",
    "review_of",
    "review_record",
    "reviews",
    "tax_parameters_of",
    "undo_import",
    "withheld",
    "write_results",
    "write_sample",
]
