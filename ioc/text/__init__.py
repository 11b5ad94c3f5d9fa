"""Words, numbers and dates as people read them, in Vietnamese and English. It holds no figures."""
