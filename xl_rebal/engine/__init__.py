"""The pure engine: values in, values out. No files, no network, no clock, no Excel."""
