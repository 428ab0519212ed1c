docker create --name $LAB_NAME busybox sh -c 'trap "exit 0" TERM; while :; do sleep 0.2; done'
