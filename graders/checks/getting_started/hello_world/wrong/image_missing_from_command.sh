# fails: ran said_hello
docker run busybox echo Hello
