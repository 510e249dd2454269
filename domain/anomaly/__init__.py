"""Which days of a series are not like its past. Pure NumPy: series × days in, scores out, never a look ahead."""
