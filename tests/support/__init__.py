"""Real servers and stores for tests."""
