# fails: number_inside
docker top $LAB_NAME -eo pid,args | awk -v s=$LAB_SECONDS '$2 == "sleep" && $3 == s {print "host =", $1}' > answer.txt
