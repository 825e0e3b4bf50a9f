"""From readings to bins, and whether they can be believed."""
