"""Wire into readings, one file for each spelling.

What a value means is told by the catalogue in `vehicle/signals/`; here it is only taken out of its envelope.
"""
