"""The command line. Each module exposes a click `command`, and imports Django only when it is run."""
