"""What the car may use up while nobody drives it. No car tells these: known is what was commanded last."""

from ..kind import flag
from ..signal import Signal

LOW_POWER_MODE = Signal(name="low_power_mode", kind=flag)
KEEP_ACCESSORY_POWER = Signal(name="keep_accessory_power", kind=flag)
