# fails: author
docker run --name writer -e WORD=$LAB_WORD busybox sh -c 'echo $WORD > /greeting'
docker commit -c 'CMD ["cat", "/greeting"]' writer training:greeter
