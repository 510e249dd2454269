"""Tables, engines, migrations and loading."""
