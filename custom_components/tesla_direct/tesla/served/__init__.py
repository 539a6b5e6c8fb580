"""What TeslaMate is served: what we know of a car, as Tesla would tell it."""
