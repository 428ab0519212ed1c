# fails: one_layer nothing_deleted_left same_command
docker save training:layers | docker load
docker tag training:layers training:flat
