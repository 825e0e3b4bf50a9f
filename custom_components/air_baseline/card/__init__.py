"""The card: its modules in the browser, and the messages that they receive."""
