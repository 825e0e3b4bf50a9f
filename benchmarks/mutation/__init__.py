"""Faults put into copies of the integration, to see whether the tests find them."""
