"""Tests of core/explaining."""
