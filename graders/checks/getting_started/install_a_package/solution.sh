docker run -it --name $LAB_NAME ubuntu bash
apt-get update
apt-get install -y mc
exit
