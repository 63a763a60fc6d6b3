"""What was filed and decided, kept so that any change shows: an append-only ledger, a bundle per brief, and `verify`.

`<firm folder>/_records/` holds ledger.jsonl (one entry a line, chained by SHA-256) and bundles/<period>/ (one zip a
brief). The folder is visible and lies among the client folders on purpose: whoever copies, backs up or hands over the
briefs takes their record along, which a hidden folder or one per user would not survive.

Limits: somebody who can write to the folder and to every anchor (see `anchor`) can forge a whole new chain; the record
shows change, it does not prevent it. Print or mail the head of the ledger to put an anchor out of reach.
"""
