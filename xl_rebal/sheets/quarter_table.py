"""Headers of the table of a quarter's course."""

QUARTER_HEADERS = (
    "Client ID",
    "Client",
    "Advisor",
    "Data As Of",
    "Errors",
    "Brief",
    "Decision",
    "Trades",
    "Next",
    "Why",
)
