"""Sends exports out of themselves: to a folder, by mail, to an address. What is sent is an export like any other, and in the register."""
