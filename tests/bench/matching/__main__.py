"""`make bench-matching`: our matcher and its peers in one table.

python -m tests.bench.matching [--json FILE] [--encoder NAME] [--only WORD] [FILE OR FOLDER OF QUESTIONS …]
"""

from tests.bench.matching.compare import main

if __name__ == "__main__":
    main()
