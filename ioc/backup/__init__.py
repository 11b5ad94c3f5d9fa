"""Backs up: copies of the data folder, block by block, each block once; and puts one of them back, whole or not at all."""
