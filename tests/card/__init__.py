"""Tests of card/."""
