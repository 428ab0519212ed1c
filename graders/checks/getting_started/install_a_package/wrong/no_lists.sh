# fails: installed image_untouched
docker run --name $LAB_NAME ubuntu apt-get install -y mc
