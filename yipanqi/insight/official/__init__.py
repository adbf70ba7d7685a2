"""Documents from data alone: what each says, and where the list is that makes each of its figures."""
