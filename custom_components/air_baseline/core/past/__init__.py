"""Days from before the channel existed, or learned again."""
