"""How often the statistics are wrong, measured on draws whose truth is known; ``make calibrate`` writes the report."""
