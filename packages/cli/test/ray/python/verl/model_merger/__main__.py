import sys

from verl import hand_over

hand_over("merge", *sys.argv[2:])
