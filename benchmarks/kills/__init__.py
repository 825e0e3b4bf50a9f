"""Kills of a real `hass`.

It is a package with a `__main__.py` for a reason: `multiprocessing` imports any other main module
into the processes that it forks, and with it the integration of this repository, before Home
Assistant can find the one in its own folder.
"""
