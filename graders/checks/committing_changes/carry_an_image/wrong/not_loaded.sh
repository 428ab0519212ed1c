# fails: back_again
docker save -o cargo.tar training:cargo-$LAB_VERSION
docker rmi training:cargo-$LAB_VERSION
