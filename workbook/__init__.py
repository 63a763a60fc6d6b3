"""Builds rebalance.xlsm from text sources: sheets, ribbon and VBA, on any operating system."""
