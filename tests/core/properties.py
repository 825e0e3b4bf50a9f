"""How property tests run here: the same examples every time, and no clock."""

from hypothesis import settings

repeatable = settings(derandomize=True, deadline=None, max_examples=60)
thorough = settings(repeatable, max_examples=400)
