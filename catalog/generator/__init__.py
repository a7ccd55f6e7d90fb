"""Catalogues of any size, drawn from a seed: for load tests, benchmarks and large trial shops."""
