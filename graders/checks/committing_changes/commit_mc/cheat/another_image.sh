docker run --name midnight busybox touch /usr/bin/mc
docker commit -m "added mc" midnight training:mc
