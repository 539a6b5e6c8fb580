"""The catalogue of commands, one file for each part of a car, as in `vehicle/signals/`.

A function is called as Fleet API calls the command, and so are its parameters. Those that can only be named
are ours. Each raises CommandInvalid for what no car takes, and sends nothing: it says what would be sent.
"""

from .rest import ALL, Named, Parameter, from_rest

__all__ = ["ALL", "Named", "Parameter", "from_rest"]
