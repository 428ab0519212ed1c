# fails: mc_inside from_midnight
docker run -itd --name midnight ubuntu
docker exec midnight apt-get update
docker commit -m "added mc" midnight training:mc
docker exec midnight sh -c 'apt-get update && apt-get install -y mc'
