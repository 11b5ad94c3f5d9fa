"""Feeds of kind `http`: records that another system offers at an address are fetched, page by page, from where the last asking came to."""
