"""What the panels of screens show, kind by kind. Knows nothing of how they are drawn."""
