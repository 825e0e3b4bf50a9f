"""From the entities of Home Assistant to readings that the core can use."""
