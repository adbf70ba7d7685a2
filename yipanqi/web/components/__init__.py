"""The small design of our own: shapes, tags and the gallery page. It knows no domain."""
