# fails: number_on_the_host number_inside
docker top $LAB_NAME -eo pid,args | awk -v s=$LAB_SECONDS '$2 == "sleep" && $3 == s {print "inside =", $1}' > answer.txt
docker exec $LAB_NAME ps -o pid,args | awk -v s=$LAB_SECONDS '$2 == "sleep" && $3 == s {print "host =", $1}' >> answer.txt
