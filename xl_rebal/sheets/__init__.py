"""The workbook as rows: what its sheets are called, reading them into a Book, writing rows back."""
