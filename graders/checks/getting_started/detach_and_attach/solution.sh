docker run -it --name $LAB_NAME ubuntu bash
#: type secret=$LAB_WORD
#: ctrl-p ctrl-q
docker attach $LAB_NAME
echo $secret > /root/secret
#: ctrl-p ctrl-q
