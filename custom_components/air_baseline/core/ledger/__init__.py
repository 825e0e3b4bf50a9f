"""The only memory: days, corrections and episodes, as values."""
