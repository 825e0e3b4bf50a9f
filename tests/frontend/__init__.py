"""The card and the dashboard, in a real browser."""
