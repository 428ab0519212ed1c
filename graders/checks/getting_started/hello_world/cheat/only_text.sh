echo 'Hello from Docker!'
