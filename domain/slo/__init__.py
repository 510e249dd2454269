"""Service level objectives: what is promised, what is left of the error budget, and when to wake somebody."""
