"""Tesla's Vehicle Command HTTP proxy, as an owner runs it: signs commands with a key of its own.

Everything else goes on to the simulated cloud. What it says, and when, is as in Tesla's Go program.
"""
