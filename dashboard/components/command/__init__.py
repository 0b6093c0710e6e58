"""What the commander's page shows beside and below its map."""
