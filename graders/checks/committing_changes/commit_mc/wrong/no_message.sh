# fails: message
docker run --name midnight ubuntu sh -c 'apt-get update && apt-get install -y mc'
docker commit midnight training:mc
