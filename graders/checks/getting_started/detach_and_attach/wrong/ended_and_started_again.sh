# fails: same_shell
docker run -it --name $LAB_NAME ubuntu bash
#: type secret=$LAB_WORD
exit
docker start -ai $LAB_NAME
echo $secret > /root/secret
#: ctrl-p ctrl-q
