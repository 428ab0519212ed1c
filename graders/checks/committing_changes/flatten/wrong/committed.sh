# fails: one_layer nothing_deleted_left same_command
docker create --name flattened training:layers
docker commit flattened training:flat
