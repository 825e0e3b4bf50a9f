"""What comes from Home Assistant: the time, and entities as readings that the core can use."""
