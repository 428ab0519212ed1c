# fails: on_a_terminal file_inside left_politely
docker run --name $LAB_NAME -e WORD=$LAB_WORD ubuntu bash -c 'echo $WORD > /root/was-here'
