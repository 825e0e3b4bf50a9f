"""The pages that set up the home and its rooms."""
