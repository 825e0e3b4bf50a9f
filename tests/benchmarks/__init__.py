"""Tests of the benchmarks: what measures a promise must itself be right."""
