"""What the site is measured against: as little as can be, and what most would write first."""

ANSWER = "BENCHMARK_ANSWER"  # the variable that names the file with what the bare app returns
COUNTS = "BENCHMARK_COUNTS"  # names the file that workers write to at their end
