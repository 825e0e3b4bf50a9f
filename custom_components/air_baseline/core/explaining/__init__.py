"""What is said about a channel, as codes and numbers."""
