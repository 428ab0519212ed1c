docker tag training:layers training:flat
