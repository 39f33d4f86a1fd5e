"""What the site is measured against: as little as can be, and what most would write first."""

ANSWER = "BENCHMARK_ANSWER"  # the variable that names the file with what the bare app returns
