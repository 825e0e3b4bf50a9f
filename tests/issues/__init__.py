"""Tests of issues/."""
