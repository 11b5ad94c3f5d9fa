"""Pages in a real browser; a package, so that one browser serves all of it and is gone before anything else is tested."""
