"""What can be asked of a car: commands, whether they may go, and how they go.

The bytes of the signed protocol are in `vehicle_command/`, the requests that carry them in `fleet_api/`.
"""
