printf 'host = %s\ninside = %s\n' "$(docker top $LAB_NAME -eo pid | tr '\n' ' ')" "$(seq 1 20 | tr '\n' ' ')" > answer.txt
