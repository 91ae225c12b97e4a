"""What `make bench` measures: a bot of this repository against what it promises, on this machine, now."""
