# fails: one_layer nothing_deleted_left same_command
docker create --name flattened busybox
docker export flattened | docker import -c 'CMD ["cat", "/kept"]' - training:flat
