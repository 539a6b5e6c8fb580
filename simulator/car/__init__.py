"""A car: one truth, `body.py`, and views of it over REST and telemetry.

Nothing here knows the cloud; the cloud knows cars.
"""
