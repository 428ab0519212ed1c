# fails: one_layer_on_ubuntu mc_inside message from_midnight
docker run --name midnight ubuntu apt-get update
docker commit midnight step
docker rm midnight
docker run --name midnight step apt-get install -y mc
docker commit -m "added mc" midnight training:mc
