"""The fact table: everything that may be said about a client, made from engine results by code alone."""
