"""Tests of core/alerting."""
