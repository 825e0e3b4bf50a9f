"""Tests of the statistical core; none of them needs Home Assistant."""
