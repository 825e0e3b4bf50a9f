"""Kills of a real `hass`. A package, not a module: what `multiprocessing` starts imports it not.

A forked process imports the main module of its parent, unless that is a `__main__.py`; and with it
the integration of this repository, before Home Assistant finds the one in its own folder.
"""
