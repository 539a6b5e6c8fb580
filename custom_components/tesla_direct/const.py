"""Names that several rooms of the shell share."""

import logging

from homeassistant.const import Platform

DOMAIN = "tesla_direct"
LOGGER = logging.getLogger(__package__)
PLATFORMS = (Platform.BINARY_SENSOR, Platform.DEVICE_TRACKER, Platform.EVENT, Platform.SENSOR)
