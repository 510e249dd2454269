"""Wiring: command line, server, scheduler."""
