"""A body as the REST interface shows it: the vehicle row and `vehicle_data`.

One file for each group of sub-documents; `vehicle_data.py` puts them together.
"""
