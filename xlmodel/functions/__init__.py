"""The catalogue: one declaration per worksheet function, one path per call."""
