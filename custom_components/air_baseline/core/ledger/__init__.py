"""The only memory: day summaries, corrections and episodes, as values."""
