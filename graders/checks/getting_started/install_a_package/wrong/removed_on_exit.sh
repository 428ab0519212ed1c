# fails: installed image_untouched
docker run --rm --name $LAB_NAME ubuntu sh -c 'apt-get update && apt-get install -y mc'
