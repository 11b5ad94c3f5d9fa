"""Keeps the screens that administrators arrange: a file each, with its history, checked before it counts. It draws nothing."""
