"""Tesla's own Fleet Telemetry server, as an owner runs it: cars connect, records go to dispatchers.

A second opinion on the protocol. It shares the generated messages with the integration and nothing else.
"""
