"""The statistics of Air Baseline: what is usual for one sensor in one room.

This package knows no Home Assistant, no clock, no files and no log: time is an argument,
results are values. It may import the standard library, numpy and itself.
"""
