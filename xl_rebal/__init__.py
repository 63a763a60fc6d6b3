"""Prepares a quarter's rebalances for an advisory firm: workbook in, one-page briefs out.

Nothing heavy is imported here: `import xl_rebal` must stay fast.
"""

__version__ = "0.3.0"
