"""Listeners for everything except the sources of the rooms."""
