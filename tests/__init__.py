"""Tests of Air Baseline; the tree mirrors that of the integration."""
