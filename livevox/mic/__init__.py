"""The singer's microphone: low-cut, gate, echo, reverb, limiter and feedback detection.

All of it is our own numpy, because no kept library fits: pedalboard and DawDreamer are GPL, pyo
wants a sound server of its own, and cylimiter has a limiter alone. No effect looks ahead, so none
adds latency, and how the sound is cut into blocks changes nothing.
"""
