docker run -d --name "$LAB_NAME" busybox sh -c "sleep 31000 & sleep 32000 & sleep 33000 & sleep $LAB_SECONDS & wait"
