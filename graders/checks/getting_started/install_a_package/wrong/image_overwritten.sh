# fails: image_untouched
docker run --name $LAB_NAME ubuntu sh -c 'apt-get update && apt-get install -y mc'
docker commit $LAB_NAME ubuntu:latest
