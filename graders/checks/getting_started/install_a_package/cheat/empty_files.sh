docker run --name $LAB_NAME ubuntu sh -c 'touch /usr/bin/mc; echo /usr/bin/mc > /var/lib/dpkg/info/mc.list'
