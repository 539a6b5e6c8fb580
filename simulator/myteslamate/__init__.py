"""MyTeslaMate: Fleet API with a token of its own, and a stream in the way that TeslaMate understands."""
