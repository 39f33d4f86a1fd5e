"""What we claim about speed, measured: `python -m benchmarks`. README.md beside this file says how."""
