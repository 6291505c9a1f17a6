"""The least that could do the same job, as programs of their own: what every figure is compared with."""
