"""The other side of each kind of feed: what a source system does. By them the demonstration ministry uses the doors of real ones."""
