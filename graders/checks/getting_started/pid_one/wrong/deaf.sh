# fails: stops_in_time ends_with_0
docker run -d --name $LAB_NAME busybox sleep 100000
