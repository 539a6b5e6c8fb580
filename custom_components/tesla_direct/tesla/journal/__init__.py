"""What happened, computed from readings that are fed in the order of their time.

Pure: no clock, no I/O; what outlives a restart is handed out and taken in as plain JSON.
"""
