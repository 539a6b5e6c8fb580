"""What developers run; the Python among it is started by the shell scripts of its name."""
