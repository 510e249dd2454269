"""A page without anything."""
