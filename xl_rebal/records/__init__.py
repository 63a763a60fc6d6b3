"""What was filed and decided, kept so that any change shows."""
