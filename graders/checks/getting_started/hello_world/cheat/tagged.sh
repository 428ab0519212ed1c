docker tag busybox hello-world
docker run hello-world echo 'Hello from Docker!'
