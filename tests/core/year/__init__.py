"""Tests of the memory of seasons."""
