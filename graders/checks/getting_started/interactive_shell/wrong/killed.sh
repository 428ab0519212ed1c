# fails: left_politely
docker run -it --name $LAB_NAME ubuntu bash
#: type echo $LAB_WORD > /root/was-here
#: ctrl-p ctrl-q
docker stop -t 1 $LAB_NAME
