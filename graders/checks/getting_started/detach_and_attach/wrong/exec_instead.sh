# fails: visited_twice still_running same_shell
docker run -itd --name $LAB_NAME ubuntu bash
docker exec $LAB_NAME bash -c "echo $LAB_WORD > /root/secret"
