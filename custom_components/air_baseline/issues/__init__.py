"""Which repairs are raised, from when to when."""
