# fails: ran said_hello
docker create hello-world
