docker tag busybox training:flat
