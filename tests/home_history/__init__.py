"""Tests of home_history/."""
