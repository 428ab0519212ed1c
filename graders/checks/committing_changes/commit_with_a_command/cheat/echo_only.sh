docker run --name writer busybox true
docker commit -a $LAB_AUTHOR -c 'CMD ["echo", "'$LAB_WORD'"]' writer training:greeter
