"""What is listened to besides the sources of the rooms."""
