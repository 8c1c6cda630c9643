import sys

from verl import hand_over

hand_over(*sys.argv[1:])
