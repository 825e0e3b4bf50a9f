"""What is usual, and how sure that is."""
