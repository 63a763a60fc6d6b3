"""Brings a system's files into the workbook's rows: joins importers and sheets, which do not know each other."""

from __future__ import annotations

from xl_rebal.importing.merge import merge
from xl_rebal.importing.result import Counts, ImportResult, Report

__all__ = ["Counts", "ImportResult", "Report", "merge"]
