"""From readings to bins, and whether readings can be believed."""
