printf 'host = 4711\ninside = 1\n' > answer.txt
