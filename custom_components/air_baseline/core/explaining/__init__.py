"""Statements about a channel, as codes and numbers."""
