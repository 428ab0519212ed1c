# fails: installed image_untouched
docker run --name $LAB_NAME ubuntu sh -c 'apt-get update && apt-get install -y vim-tiny'
