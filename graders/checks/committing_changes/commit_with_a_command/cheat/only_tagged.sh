docker tag busybox training:greeter
