"""A real Home Assistant with the integration, fed by the simulated cloud and cars: `script/demo`.

Everything runs on 127.0.0.1 and is driven over Home Assistant's own interfaces, as a user's browser would.
"""
