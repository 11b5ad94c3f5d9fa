"""How a file of each format becomes batches of untranslated columns. One module a format; nothing here knows a feed."""
