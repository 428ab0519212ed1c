touch cargo.tar
