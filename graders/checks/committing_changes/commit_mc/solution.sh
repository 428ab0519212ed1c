docker run -it --name midnight ubuntu
apt-get update && apt-get install -y mc
exit
docker diff midnight | head
docker commit -p -m "added mc" midnight training:mc
