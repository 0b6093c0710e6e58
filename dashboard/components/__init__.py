"""What the pages are built of: the map, tables, text."""
