# fails: same_command
docker create --name flattened training:layers
docker export -o flat.tar flattened
docker import flat.tar training:flat
