# fails: command_set prints_it
docker run -it --name writer busybox sh
#: type echo $LAB_WORD > /greeting
exit
docker commit -a $LAB_AUTHOR writer training:greeter
