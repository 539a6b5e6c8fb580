"""Tesla Direct: cars push their data straight into Home Assistant."""
