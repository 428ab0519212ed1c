docker run --name cargo-packer -e "FREIGHT=$LAB_VERSION" busybox sh -c 'echo "$FREIGHT" > /freight'
docker commit -c 'CMD ["cat", "/freight"]' cargo-packer "training:cargo-$LAB_VERSION"
docker rm cargo-packer
