# fails: ends_with_0
docker run -d --init --name $LAB_NAME busybox sleep 100000
