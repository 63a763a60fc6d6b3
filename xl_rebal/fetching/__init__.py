"""Answers of portfolio systems' and CRMs' APIs as files that `import` reads. Nothing here runs unless a person asks for it."""
