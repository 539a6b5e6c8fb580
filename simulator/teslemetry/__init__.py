"""Teslemetry: a service between owners and Tesla, with a stream, a bill in credits and tokens of its own."""
