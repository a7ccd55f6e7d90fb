"""How the chance of no order in the next 90 days is called: as Klaviyo cuts it."""

LOW, HIGH = 1 / 3, 2 / 3


def churn_band(probability: float) -> str:
    """ "low", "middle" or "high"."""
    if probability < LOW:
        return "low"
    return "middle" if probability < HIGH else "high"
