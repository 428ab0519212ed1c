# fails: greeting_inside author command_set prints_it
docker run --name writer busybox sh -c 'echo hello > /greeting'
docker commit -a $LAB_AUTHOR -c 'CMD ["cat", "/greeting"]' writer training:greeter
