"""The ledgers on disk, and what is stored with them."""
