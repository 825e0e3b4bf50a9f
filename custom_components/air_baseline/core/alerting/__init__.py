"""What is unusual: the promise, the threshold that keeps it, and the episodes above it."""
