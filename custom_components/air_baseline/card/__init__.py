"""The card: its modules in the browser, and what they are sent."""
