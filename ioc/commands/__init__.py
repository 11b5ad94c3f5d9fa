"""What the commands do. Data goes to standard output, words to standard error."""
