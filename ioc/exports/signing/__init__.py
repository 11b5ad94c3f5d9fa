"""Signs what is exported, and tells a genuine file from a changed one. Bytes in, bytes out: it keeps no file and asks nobody but a token,
the time-stamp authority that the configuration names and, where it says so, the authorities named in certificates."""
