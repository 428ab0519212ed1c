# fails: left_politely
docker run -it --name $LAB_NAME ubuntu bash
#: type echo $LAB_WORD > /root/was-here
cat /root/no-such-file
exit
