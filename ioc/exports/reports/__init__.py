"""Binds several exhibits into one report, with sentences that an author may change before it is fixed."""
