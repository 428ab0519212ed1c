# fails: from_midnight
docker run --name noon ubuntu sh -c 'apt-get update && apt-get install -y mc'
docker commit -m "added mc" noon training:mc
