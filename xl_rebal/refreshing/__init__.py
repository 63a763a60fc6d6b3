"""Refreshes the stored results of a workbook's XR_ formulas in the file itself: no Excel, and nothing else is touched.

formula   what a stored formula says: one XR_ call and its arguments
coding    how a file writes attributes, texts and cell ranges
cells     a worksheet part as bytes: where its cells stand and what they hold
writing   single cells of it written, every other byte kept
chain     Excel's list of formula cells, kept true
bookfile  the workbook's sheets, tables and names, and the values that a reference stands for
evaluate  every XR_ formula through the functions that Excel calls, in the order in which they need each other
plans     every client's plan, by other processes that start while the workbook is still being read
readers   how many other formulas show what they showed, which a person is told
run       the use case: read, evaluate, write back at once with the file before kept beside it
"""
