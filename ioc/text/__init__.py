"""Words, numbers and dates for people, in Vietnamese and English. The only room that holds words of the screen."""
