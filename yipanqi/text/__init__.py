"""Pure functions on Chinese text: no database, no settings, no framework."""
