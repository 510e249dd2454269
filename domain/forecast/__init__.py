"""Where a daily cost series ends the month. Pure NumPy: series × days in, days ahead out."""
