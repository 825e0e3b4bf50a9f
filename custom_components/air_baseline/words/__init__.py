"""From codes and numbers to sentences."""
