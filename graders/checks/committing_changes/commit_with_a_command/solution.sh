docker run --name writer -e WORD=$LAB_WORD busybox sh -c 'echo $WORD > /greeting'
docker commit -a $LAB_AUTHOR -c 'CMD ["cat", "/greeting"]' writer training:greeter
docker run --rm training:greeter
