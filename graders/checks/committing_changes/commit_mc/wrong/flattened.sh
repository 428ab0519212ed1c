# fails: one_layer_on_ubuntu mc_inside message from_midnight
docker run --name midnight ubuntu sh -c 'apt-get update && apt-get install -y mc'
docker export midnight | docker import -m "added mc" - training:mc
