# fails: stops_in_time ends_with_0
docker run -d --name $LAB_NAME busybox sh -c 'trap "exit 0" TERM; sleep 100000; true'
