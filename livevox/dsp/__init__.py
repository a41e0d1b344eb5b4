"""Signal processing of streams: transform, resampling, ramps, channels, phase refinement."""
