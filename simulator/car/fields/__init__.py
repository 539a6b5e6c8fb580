"""Every telemetry field that cars send, read from the truth: one table for each part of the car.

The tables say what a value is and how it is written, never when it is sent.
"""
