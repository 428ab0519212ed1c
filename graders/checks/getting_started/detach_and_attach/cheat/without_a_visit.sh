docker run -itd --name $LAB_NAME ubuntu bash
echo $LAB_WORD > secret
docker cp secret $LAB_NAME:/root/secret
