"""TeslaMate's settings, as its users know them by heart: read, put right, or refused with a word."""
