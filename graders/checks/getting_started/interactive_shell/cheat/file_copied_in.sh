docker create -it --name $LAB_NAME ubuntu bash
echo $LAB_WORD > was-here
docker cp was-here $LAB_NAME:/root/was-here
