"""Speed, memory, lag and disk, beside plain code and beside the limits: `script/bench`.

Every figure is a ratio of two measurements of the same run where that is possible, because machines differ
and neighbours make noise. What is absolute is scaled by a calibration loop.
"""
