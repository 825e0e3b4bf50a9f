"""What is read from Home Assistant's recorder and statistics, and what is written to them."""
