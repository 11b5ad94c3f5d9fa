"""Feeds of kind `http`: records that are pulled from a web address, page by page, from where the last asking came to."""
