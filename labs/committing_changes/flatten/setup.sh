docker run --name layer-1 -e "WORD=$LAB_WORD" busybox sh -c 'echo "$WORD" > /kept'
docker commit layer-1 training:layers
docker run --name layer-2 training:layers sh -c 'dd if=/dev/zero of=/ballast bs=1024 count=512 2>/dev/null'
docker commit layer-2 training:layers
docker run --name layer-3 training:layers rm /ballast
docker commit -c 'CMD ["cat", "/kept"]' layer-3 training:layers
docker rm layer-1 layer-2 layer-3
