"""A real `hass` with two learned rooms, for trials that no test inside it can make."""
