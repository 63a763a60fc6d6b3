"""Sentences of CRM entries that read like a client's wish, as proposals for a person to confirm. Text in, values out."""
