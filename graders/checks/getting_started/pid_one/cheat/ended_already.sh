docker run --name $LAB_NAME busybox true
