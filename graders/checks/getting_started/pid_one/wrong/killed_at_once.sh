# fails: ends_with_0
docker run -d --stop-signal KILL --name $LAB_NAME busybox sleep 100000
