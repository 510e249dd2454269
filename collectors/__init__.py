"""Sources of telemetry. They write, they never ask."""
