"""Days from before the channel existed, and days that are relearned."""
