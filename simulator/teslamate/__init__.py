"""TeslaMate: a logger that many owners run themselves, which publishes what it knows to a broker."""
