"""What Home Assistant loads; the package holds one integration."""
