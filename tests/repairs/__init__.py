"""Tests of repairs/."""
