"""Tests of listeners/."""
