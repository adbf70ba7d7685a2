"""What the product stands on before Django is there: PostgreSQL, the environment, child processes."""
