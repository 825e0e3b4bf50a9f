"""The statistics of Air Baseline: what is usual for one sensor in one room.

The package uses no Home Assistant, no clock, no files and no log: time is an argument and
results are values. It imports only the standard library, numpy and itself.
"""
