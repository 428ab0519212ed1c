# fails: archive removed back_again
docker save -o cargo.tar busybox
docker load -i cargo.tar
