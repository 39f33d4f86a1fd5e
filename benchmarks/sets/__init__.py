"""What can be measured, a module each: `run(plan)` returns the rows of its table."""
