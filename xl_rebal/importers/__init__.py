"""Exports of custodians, PMS and CRM as book rows: one small mapping a system, no tax logic."""
