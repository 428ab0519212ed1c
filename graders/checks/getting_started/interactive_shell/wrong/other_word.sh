# fails: file_inside
docker run -it --name $LAB_NAME ubuntu bash
echo hello > /root/was-here
exit
