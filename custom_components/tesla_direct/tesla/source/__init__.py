"""Who delivers readings. Each source owns one endless task, or is told by a listener that does."""
