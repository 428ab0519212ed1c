# fails: number_on_the_host number_inside
docker inspect -f 'host = {{.State.Pid}}' $LAB_NAME > answer.txt
echo inside = 1 >> answer.txt
