# fails: archive removed back_again
docker create --name box training:cargo-$LAB_VERSION
docker export -o cargo.tar box
docker rm box
docker rmi training:cargo-$LAB_VERSION
docker import cargo.tar training:cargo-$LAB_VERSION
