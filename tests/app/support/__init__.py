"""Seeded stores and page drivers for the tests of the app."""
