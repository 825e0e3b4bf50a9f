"""From codes and numbers to translated sentences."""
