"""What Home Assistant's recorder and statistics know, and what is written to them."""
