"""What is usual in a room, and how certain that is."""
