docker load < /dev/null
docker tag training:cargo-$LAB_VERSION training:other
