"""Fixtures shared by all tests: nothing here reads today's date or the network."""
