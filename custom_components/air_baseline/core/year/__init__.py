"""The memory of seasons: a line for each week that has left the window of days."""
