"""Writes what a page shows as files that prove themselves. It decides no number: it takes what `ioc/views` gives."""
