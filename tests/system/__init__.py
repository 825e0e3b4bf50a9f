"""Tests of the whole integration: weeks, reloads, removal, security."""
