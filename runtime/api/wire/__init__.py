"""Records as the Engine API's JSON: one file per noun, pure functions of values."""
