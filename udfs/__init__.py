"""Excel functions and ribbon actions: each converts, calls one function of xl_rebal.app, converts back."""
