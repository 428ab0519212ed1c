# fails: same_shell
docker run -it --name $LAB_NAME ubuntu bash
secret=forgotten
#: ctrl-p ctrl-q
docker attach $LAB_NAME
echo $secret > /root/secret
#: ctrl-p ctrl-q
