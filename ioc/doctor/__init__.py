"""Examines a deployment: the machine, the data folder, the feeds; and says what to mend."""
